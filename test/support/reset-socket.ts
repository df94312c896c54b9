import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/**
 * Resets a connection, a moment after what was written to it: libuv tells a peer that gets bytes and the reset at once of
 * an ordinary end.
 */
export async function resetSocket(socket: Socket): Promise<void> {
  await setTimeout(5);
  socket.resetAndDestroy();
}
