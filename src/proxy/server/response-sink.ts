import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Sink } from '../sink.ts';
import { closing, stopReading } from './gentle-close.ts';

/** A large answer is given in pieces of this size: each that is taken shows that its client still reads. */
const pieceBytes = 256 * 1024;

export interface SinkParts {
  readonly clock: Clock;
  /** Whether connections are to be closed behind their answers. */
  readonly isDraining: () => boolean;
}

/** A sink that leaves through an HTTP response. An answer that overtakes its request is the last one on its connection. */
export class ResponseSink implements Sink {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  /** Kept here: undici takes it off a request whose body it gave up. */
  readonly #socket: Socket;
  readonly #parts: SinkParts;
  /** Since when the client has taken nothing, in monotonic milliseconds; 0 while it takes what comes. */
  stalledAt = 0;

  constructor(request: IncomingMessage, response: ServerResponse, parts: SinkParts) {
    this.#request = request;
    this.#response = response;
    this.#socket = request.socket;
    this.#parts = parts;
    // What the provider said of the date passes; where it said nothing, nothing is added.
    response.sendDate = false;
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  head(status: number, headers: readonly string[]): void {
    const isLast = !this.#request.complete || this.#parts.isDraining();
    this.#response.writeHead(status, isLast ? closing(headers) : (headers as string[]));
  }

  write(bytes: Buffer): boolean {
    const taken = this.#response.write(bytes);
    if (!taken && this.stalledAt === 0) this.stalledAt = this.#parts.clock.now();
    return taken;
  }

  flush(): void {
    this.#socket.uncork();
  }

  end(bytes?: Buffer | string): void {
    if (!this.#request.complete) stopReading({ request: this.#request, socket: this.#socket }, this.#parts.clock);
    if (bytes === undefined) this.#response.end();
    else if (typeof bytes === 'string' || bytes.length <= pieceBytes) this.#response.end(bytes);
    else this.#endInPieces(bytes);
  }

  #endInPieces(bytes: Buffer): void {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      if (this.write(bytes.subarray(start, start + pieceBytes))) continue;
      return this.onDrain(() => this.#endInPieces(bytes.subarray(start + pieceBytes)));
    }
    // Until the connection has taken it.
    this.stalledAt = this.#parts.clock.now();
    this.#response.end();
  }

  cut(lastWords: string): void {
    if (lastWords === '') this.#breakOff();
    else this.#response.write(lastWords, () => this.#breakOff());
  }

  /** To a client of HTTP/1.0, which has no chunks, an ordinary end of the connection would be the end of the answer. */
  #breakOff(): void {
    if (this.#request.httpVersion === '1.0') this.#socket.resetAndDestroy();
    else this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onDrain(run: () => void): void {
    this.#response.once('drain', () => {
      this.stalledAt = 0;
      run();
    });
  }
}
