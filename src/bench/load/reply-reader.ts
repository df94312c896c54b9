/** Is told what a reply brings. */
export interface ReplyListener {
  /** The status line and the headers have come. */
  readonly head?: (head: string) => void;
  /** Some bytes of the body have come. They are overwritten after the call. */
  readonly body?: (bytes: Buffer) => void;
  /** The reply is complete; `bodyBytes` is its body's length without framing. */
  readonly end: (status: number, bodyBytes: number) => void;
}

type State = 'head' | 'counted' | 'size' | 'data' | 'trailer' | 'rest';

/**
 * Reads replies off one connection, one after the other, and finds their ends by `content-length` or chunks. It knows no
 * other framing and no reply without a body: it throws where it meets one.
 */
export function createReplyReader(listener: ReplyListener): (bytes: Buffer) => void {
  const reader = new ReplyReader(listener);
  return (bytes) => reader.read(bytes);
}

/** Reads as `createReplyReader` does, but a reply without a length ends with its connection, as those of HTTP/1.0 do. */
export interface LenientReader {
  readonly read: (bytes: Buffer) => void;
  /** The connection has closed. Gives whether no reply was cut off by that. */
  readonly closed: () => boolean;
}

export function createLenientReader(listener: ReplyListener): LenientReader {
  const reader = new ReplyReader(listener, true);
  return { read: (bytes) => reader.read(bytes), closed: () => reader.closed() };
}

class ReplyReader {
  readonly #listener: ReplyListener;
  readonly #isLenient: boolean;
  #state: State = 'head';
  #line = '';
  #status = 0;
  #left = 0;
  #bodyBytes = 0;

  constructor(listener: ReplyListener, isLenient = false) {
    this.#listener = listener;
    this.#isLenient = isLenient;
  }

  closed(): boolean {
    if (this.#state === 'rest') this.#finish();
    return this.#state === 'head' && this.#line === '';
  }

  read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at = this.#step(bytes, at);
  }

  #step(bytes: Buffer, from: number): number {
    if (this.#state === 'head') return this.#readHead(bytes, from);
    if (this.#state === 'counted' || this.#state === 'data') return this.#readBody(bytes, from);
    if (this.#state === 'rest') return this.#readRest(bytes, from);
    return this.#readLine(bytes, from);
  }

  #readHead(bytes: Buffer, from: number): number {
    const end = bytes.indexOf('\r\n\r\n', from);
    if (this.#line === '' && end >= 0) {
      this.#startBody(bytes.toString('latin1', from, end));
      return end + 4;
    }
    // The head is split over reads, perhaps within its blank line: go on byte by byte.
    this.#line += String.fromCharCode(bytes[from] as number);
    if (this.#line.endsWith('\r\n\r\n')) {
      const head = this.#line;
      this.#line = '';
      this.#startBody(head);
    }
    return from + 1;
  }

  #startBody(head: string): void {
    this.#status = Number(head.slice(9, 12));
    this.#bodyBytes = 0;
    this.#listener.head?.(head);
    const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      this.#state = 'counted';
      this.#left = this.#bodyBytes = Number(length);
      if (this.#left === 0) this.#finish();
    } else if (/\ntransfer-encoding: *chunked/i.test(head)) {
      this.#state = 'size';
    } else if (this.#isLenient) {
      this.#state = 'rest';
    } else {
      throw new Error(`a reply without a length: ${head}`);
    }
  }

  #readRest(bytes: Buffer, from: number): number {
    this.#bodyBytes += bytes.length - from;
    this.#listener.body?.(bytes.subarray(from));
    return bytes.length;
  }

  #readBody(bytes: Buffer, from: number): number {
    const taken = Math.min(this.#left, bytes.length - from);
    // A chunk ends with a line break that is not of the body.
    const ofBody = this.#state === 'data' ? Math.min(taken, this.#left - 2) : taken;
    this.#left -= taken;
    if (ofBody > 0) this.#listener.body?.(bytes.subarray(from, from + ofBody));
    if (this.#left > 0) return from + taken;
    if (this.#state === 'data') this.#state = 'size';
    else this.#finish();
    return from + taken;
  }

  #readLine(bytes: Buffer, from: number): number {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    this.#line += bytes.toString('latin1', from, end);
    if (newline >= 0) this.#endLine();
    return end;
  }

  #endLine(): void {
    if (this.#state === 'trailer') {
      if (this.#line.trim() === '') this.#finish();
    } else {
      const size = parseInt(this.#line, 16);
      if (Number.isNaN(size)) throw new Error(`a chunk without a size: ${this.#line}`);
      this.#bodyBytes += size;
      this.#left = size + 2;
      this.#state = size === 0 ? 'trailer' : 'data';
    }
    this.#line = '';
  }

  #finish(): void {
    this.#state = 'head';
    this.#listener.end(this.#status, this.#bodyBytes);
  }
}
