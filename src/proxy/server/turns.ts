import type { Socket } from 'node:net';

/** Requests that one connection may send ahead before its answers. */
const maxAhead = 32;

const turn = Symbol('turn');
const idle = Symbol('idle');
type TurnSocket = Socket & { [turn]?: (() => void)[] | null; [idle]?: number };

/**
 * Takes the requests of a connection one at a time: Node starts all that are pipelined at once, and each would spend money.
 * Those that nobody can be answered any more are dropped.
 */
export function takeTurn(socket: TurnSocket, run: () => void): void {
  if (isOver(socket)) return;
  const waiting = socket[turn];
  if (!waiting) {
    socket[turn] = [];
    socket[idle] = 0;
    run();
  } else if (waiting.length < maxAhead) {
    waiting.push(run);
  } else {
    socket.destroy();
  }
}

/** @param now monotonic milliseconds */
export function endTurn(socket: TurnSocket, now: number): void {
  const isLast = isOver(socket);
  const next = isLast ? undefined : socket[turn]?.shift();
  if (next) return next();
  socket[turn] = null;
  socket[idle] = isLast ? 0 : now;
}

/** Since when a connection waits for its next request, in monotonic milliseconds; 0 where it does not. */
export function idleSince(socket: TurnSocket): number {
  return socket[idle] ?? 0;
}

export function hasTurn(socket: TurnSocket): boolean {
  return Boolean(socket[turn]);
}

/** The client has left, or its last answer on this connection has been given. */
function isOver(socket: Socket): boolean {
  return socket.destroyed || socket.writableEnded;
}
