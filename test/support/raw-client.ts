import { connect } from 'node:net';
import { messageBuffer, type HttpMessage } from './http-message.ts';
import { resetSocket } from './reset-socket.ts';

/** How the server closed the connection: by a FIN, or by a reset (also where it could not be reached). */
type Closed = 'end' | 'reset';

export interface RawResponse {
  /** 0 where no head came. */
  readonly status: number;
  /** Status line and headers as they came; '' where no whole head came. */
  readonly head: string;
  /** Its chunks joined, if it was chunked; of an incomplete answer, all bytes behind the head as they came. */
  readonly body: Buffer;
  /** Whether it ended as HTTP has it; an answer without a length ends with the connection. */
  readonly complete: boolean;
  /** Null where the connection is still open. */
  readonly closed: Closed | null;
}

export interface RawClient {
  /** Sends each piece by itself, one turn of the loop apart. */
  readonly send: (...pieces: readonly (string | Buffer)[]) => Promise<void>;
  /** Stops reading, so that the server's writes back up. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Sends a FIN and goes on reading. */
  readonly halfClose: () => void;
  /** Resolves once it has happened, a moment later, so that the server has read what was sent before. */
  readonly reset: () => Promise<void>;
  /** The next answer, complete or cut off by the close of the connection; informational ones (1xx) are answers too. */
  readonly response: (options?: { readonly toHead?: boolean }) => Promise<RawResponse>;
  /** What came and belongs to no answer given yet. */
  readonly pending: () => Buffer;
  readonly closed: Promise<Closed>;
}

/** An HTTP client made of a bare socket, for bytes that no HTTP library would send. */
export function rawClient(port: number, host = '127.0.0.1'): RawClient {
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
  const received = messageBuffer();
  let closed: Closed | null = null;
  let look: () => void = () => undefined;
  let tellClosed: (how: Closed) => void;
  const closedPromise = new Promise<Closed>((resolve) => (tellClosed = resolve));

  socket.on('data', (chunk: Buffer) => {
    received.append(chunk);
    look();
  });
  socket.on('end', () => {
    close('end');
    socket.end();
  });
  socket.on('error', () => close('reset'));

  function close(how: Closed): void {
    closed ??= how;
    tellClosed(closed);
    look();
  }

  function takeResponse(): RawResponse | null {
    const message = received.take(closed === 'end');
    if (message !== null) return whole(message, closed);
    if (closed === null) return null;
    const response = cutOff(Buffer.from(received.bytes()), closed);
    received.clear();
    return response;
  }

  return {
    async send(...pieces) {
      for (const piece of pieces) {
        await new Promise<void>((resolve) => void socket.write(piece, () => resolve()));
        await new Promise(setImmediate);
      }
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    halfClose: () => void socket.end(),
    reset: () => resetSocket(socket),
    response: ({ toHead = false } = {}) =>
      new Promise((resolve) => {
        if (toHead) received.expectNoBody();
        look = () => {
          const response = takeResponse();
          if (response === null) return;
          look = () => undefined;
          resolve(response);
        };
        look();
      }),
    pending: received.bytes,
    closed: closedPromise,
  };
}

function whole({ head, body }: HttpMessage, closed: Closed | null): RawResponse {
  return { status: statusOf(head), head, body, complete: true, closed };
}

function cutOff(received: Buffer, closed: Closed | null): RawResponse {
  const headEnd = received.indexOf('\r\n\r\n');
  const head = headEnd === -1 ? '' : received.toString('latin1', 0, headEnd);
  const body = received.subarray(headEnd === -1 ? 0 : headEnd + 4);
  return { status: statusOf(head), head, body, complete: false, closed };
}

function statusOf(head: string): number {
  return Number(/^HTTP\/1\.[01] (\d+)/.exec(head)?.[1] ?? 0);
}
