/** A request or an answer as it came over the wire, with its chunks joined. */
export interface HttpMessage {
  /** From the first line to the empty one, exclusive; latin-1, so that each byte is a letter. */
  readonly head: string;
  readonly body: Buffer;
}

/** Bytes of a connection that wait to be read as messages. */
export interface MessageBuffer {
  readonly append: (chunk: Buffer) => void;
  /**
   * The next message, taken out; null where it is not complete. It judges nothing but where a body ends.
   * @param closed no more bytes will come: an answer without a length is complete
   */
  readonly take: (closed: boolean) => HttpMessage | null;
  /** Of the next message: there is no body, whatever the head says, since it answers HEAD. */
  readonly expectNoBody: () => void;
  /** What waits. */
  readonly bytes: () => Buffer;
  /** Takes out all that waits. */
  readonly clear: () => void;
}

/** Finds the end of a body, if it is there: as a body and where the next message starts. */
type BodyReader = (bytes: Buffer, closed: boolean) => { readonly body: Buffer; readonly next: number } | null;

const empty = Buffer.alloc(0);

export function messageBuffer(): MessageBuffer {
  let store = Buffer.alloc(64 * 1024);
  let length = 0;
  let head: string | null = null;
  let readBody: BodyReader | null = null;
  let noBody = false;

  function drop(count: number): void {
    store = Buffer.concat([store.subarray(count, length), Buffer.alloc(64 * 1024)]);
    length -= count;
    head = null;
    readBody = null;
    noBody = false;
  }

  return {
    append(chunk) {
      if (length + chunk.length > store.length) store = Buffer.concat([store, Buffer.alloc(length + chunk.length)]);
      chunk.copy(store, length);
      length += chunk.length;
    },
    take(closed) {
      const bytes = store.subarray(0, length);
      const headEnd = head === null ? bytes.indexOf('\r\n\r\n') : -1;
      if (headEnd !== -1) {
        head = bytes.toString('latin1', 0, headEnd);
        readBody = bodyReader(head, headEnd + 4, noBody);
      }
      const read = readBody?.(bytes, closed) ?? null;
      if (head === null || read === null) return null;
      const message = { head, body: Buffer.from(read.body) };
      drop(read.next);
      return message;
    },
    expectNoBody: () => void (noBody = true),
    bytes: () => store.subarray(0, length),
    clear: () => drop(length),
  };
}

/** The value of the first header of this name, or null. */
function headerOf(head: string, name: string): string | null {
  const line = head.split('\r\n').find((candidate) => candidate.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}

function bodyReader(head: string, start: number, noBody: boolean): BodyReader {
  if (noBody || /^HTTP\/1\.[01] (?:1\d\d|204|304)/.test(head)) return () => ({ body: empty, next: start });
  if (/^transfer-encoding:.*chunked/im.test(head)) return chunkedReader(start);
  const stated = headerOf(head, 'content-length');
  if (stated !== null) {
    const end = start + Number(stated);
    return (bytes) => (end <= bytes.length ? { body: bytes.subarray(start, end), next: end } : null);
  }
  if (!head.startsWith('HTTP/')) return () => ({ body: empty, next: start });
  return (bytes, closed) => (closed ? { body: bytes.subarray(start), next: bytes.length } : null);
}

/** Goes on where it stopped: a body that trickles in by single bytes is walked over once. */
function chunkedReader(start: number): BodyReader {
  const chunks: Buffer[] = [];
  let at = start;
  return (bytes) => {
    for (;;) {
      const lineEnd = bytes.indexOf('\r\n', at);
      const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
      if (lineEnd === -1 || Number.isNaN(size)) return null;
      const end = lineEnd + 2 + size;
      if (size === 0) {
        const trailersEnd = bytes.indexOf('\r\n\r\n', lineEnd);
        return trailersEnd === -1 ? null : { body: Buffer.concat(chunks), next: trailersEnd + 4 };
      }
      if (end + 2 > bytes.length) return null;
      chunks.push(Buffer.from(bytes.subarray(lineEnd + 2, end)));
      at = end + 2;
    }
  };
}
