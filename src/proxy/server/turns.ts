import type { Socket } from 'node:net';

/** Requests that one connection may send ahead before its answers. */
const maxAhead = 32;

const turn = Symbol('turn');
type TurnSocket = Socket & { [turn]?: (() => void)[] | null };

/**
 * Takes the requests of a connection one at a time: Node starts all that are pipelined at once, and each would spend money.
 * Those that nobody can be answered any more are dropped.
 */
export function takeTurn(socket: TurnSocket, run: () => void): void {
  if (isOver(socket)) return;
  const waiting = socket[turn];
  if (!waiting) {
    socket[turn] = [];
    run();
  } else if (waiting.length < maxAhead) {
    waiting.push(run);
  } else {
    socket.destroy();
  }
}

export function endTurn(socket: TurnSocket): void {
  const next = isOver(socket) ? undefined : socket[turn]?.shift();
  if (next) next();
  else socket[turn] = null;
}

export function hasTurn(socket: TurnSocket): boolean {
  return Boolean(socket[turn]);
}

/** The client has left, or its last answer on this connection has been given. */
function isOver(socket: Socket): boolean {
  return socket.destroyed || socket.writableEnded;
}
