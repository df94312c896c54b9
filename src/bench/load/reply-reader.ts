/** Is told what a reply brings. */
export interface ReplyListener {
  /** Some bytes of the body have come. */
  readonly body?: () => void;
  /** The reply is complete; `bodyBytes` is its body's length without framing. */
  readonly end: (status: number, bodyBytes: number) => void;
}

type State = 'head' | 'counted' | 'size' | 'data' | 'trailer';

/**
 * Reads replies off one connection, one after the other, and finds their ends by `content-length` or chunks. It knows no
 * other framing and no reply without a body: it throws where it meets one.
 */
export function createReplyReader(listener: ReplyListener): (bytes: Buffer) => void {
  let state: State = 'head';
  let line = '';
  let status = 0;
  let left = 0;
  let bodyBytes = 0;

  const finish = (): void => {
    state = 'head';
    listener.end(status, bodyBytes);
  };

  const startBody = (head: string): void => {
    status = Number(head.slice(9, 12));
    bodyBytes = 0;
    const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      state = 'counted';
      left = bodyBytes = Number(length);
      if (left === 0) finish();
    } else if (/\ntransfer-encoding: *chunked/i.test(head)) {
      state = 'size';
    } else {
      throw new Error(`a reply without a length: ${head}`);
    }
  };

  const readHead = (bytes: Buffer, from: number): number => {
    const end = bytes.indexOf('\r\n\r\n', from);
    if (line === '' && end >= 0) {
      startBody(bytes.toString('latin1', from, end));
      return end + 4;
    }
    // The head is split over reads, perhaps within its blank line: go on byte by byte.
    line += String.fromCharCode(bytes[from] as number);
    if (line.endsWith('\r\n\r\n')) {
      const head = line;
      line = '';
      startBody(head);
    }
    return from + 1;
  };

  const endLine = (): void => {
    if (state === 'trailer') {
      if (line.trim() === '') finish();
    } else {
      const size = parseInt(line, 16);
      if (Number.isNaN(size)) throw new Error(`a chunk without a size: ${line}`);
      bodyBytes += size;
      left = size + 2;
      state = size === 0 ? 'trailer' : 'data';
    }
    line = '';
  };

  const readLine = (bytes: Buffer, from: number): number => {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    line += bytes.toString('latin1', from, end);
    if (newline >= 0) endLine();
    return end;
  };

  const readBody = (bytes: Buffer, from: number): number => {
    const taken = Math.min(left, bytes.length - from);
    left -= taken;
    listener.body?.();
    if (left > 0) return from + taken;
    if (state === 'data') state = 'size';
    else finish();
    return from + taken;
  };

  const step = { head: readHead, counted: readBody, data: readBody, size: readLine, trailer: readLine };
  return (bytes) => {
    for (let at = 0; at < bytes.length;) at = step[state](bytes, at);
  };
}
