import type { Socket } from 'node:net';

/** Requests that one connection may send ahead before its answers. */
const maxAhead = 32;

const turn = Symbol('turn');
type TurnSocket = Socket & { [turn]?: (() => void)[] | null };

/** Takes the requests of a connection one at a time: Node starts all that are pipelined at once, and each would spend money. */
export function takeTurn(socket: TurnSocket, run: () => void): void {
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
  const next = socket[turn]?.shift();
  if (next) next();
  else socket[turn] = null;
}

export function hasTurn(socket: TurnSocket): boolean {
  return Boolean(socket[turn]);
}
