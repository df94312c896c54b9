import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';

const lingerMs = 500;

/**
 * Prepares a connection to be closed behind an answer although the client is still sending: nothing more is read, and the
 * client is left some time to read the answer. Closed at once, the kernel would answer the unread bytes with a reset,
 * which takes the answer away again. Gives the answer's headers, which say that the connection closes.
 */
export function closing(request: IncomingMessage, headers: readonly string[], clock: Clock): string[] {
  const { socket } = request;
  request.pause();
  // Somebody who waits for bytes but takes none: else Node would read and drop the rest of the upload.
  request.on('readable', () => undefined);
  socket.destroySoon = () => {
    socket.end();
    clock.after(lingerMs, () => socket.destroy());
  };
  return headers.includes('connection') ? [...headers] : [...headers, 'connection', 'close'];
}
