import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

const lingerMs = 500;

/** A request and its connection, which undici takes off a request whose body it gave up. */
export interface Incoming {
  readonly request: IncomingMessage;
  readonly socket: Socket;
}

/** An answer's headers, which say that the connection closes behind it. */
export function closing(headers: readonly string[]): string[] {
  return headers.includes('connection') ? [...headers] : [...headers, 'connection', 'close'];
}

/** Reads nothing more of a request whose client is still sending, and has its connection end gently behind the answer. */
export function stopReading({ request, socket }: Incoming, clock: Clock): void {
  request.pause();
  // Somebody who waits for bytes but takes none: else Node would read and drop the rest of the upload.
  request.on('readable', () => undefined);
  socket.destroySoon = () => endGently(socket, clock);
}

/**
 * Ends a connection and leaves the client some time to read what it was told last: closed at once, the kernel would answer
 * bytes that nobody read with a reset, which takes the answer away again.
 */
export function endGently(socket: Socket, clock: Clock, lastWords = ''): void {
  socket.end(lastWords);
  clock.after(lingerMs, () => socket.destroy());
}
