import type { Connection } from '../../src/bench/load/connection.ts';
import { createReplyReader } from '../../src/bench/load/reply-reader.ts';
import type { Clock } from '../../src/bench/proof/clock.ts';
import type { Open } from '../../src/bench/proof/connection-pool.ts';
import { plainReply } from '../../src/bench/replies.ts';

type Listener = Parameters<Connection['send']>[1];

export interface ServerScript {
  /** When the nth request, from 0, which has come at `nowMs`, is answered; null: never. */
  readonly answerAtMs: (nowMs: number, n: number) => number | null;
  /** All bytes of the answer to the nth request; null: the connection breaks instead. */
  readonly reply?: (n: number) => Buffer | null;
}

export interface ScriptedServer {
  readonly open: Open;
  /** Connections that were made so far. */
  readonly opened: () => number;
  /** Over which connection, from 1, each request has come so far. */
  readonly asked: readonly number[];
}

/** A server without sockets, for a load with the same clock. */
export function createScriptedServer(clock: Clock, script: ServerScript): ScriptedServer {
  const reply = script.reply ?? ((): Buffer => plainReply());
  const asked: number[] = [];
  let opened = 0;

  const answer = (n: number, listener: Listener, closed: () => void): void => {
    const bytes = reply(n);
    if (bytes !== null) return createReplyReader(listener)(bytes);
    listener.failed(new Error('reset by the script'));
    closed();
  };
  return {
    opened: () => opened,
    asked,
    open(closed) {
      const connection = ++opened;
      let isClosed = false;
      return Promise.resolve({
        send(_, listener) {
          const n = asked.push(connection) - 1;
          const atMs = script.answerAtMs(clock.now(), n);
          if (atMs !== null) clock.at(atMs, () => isClosed || answer(n, listener, closed));
        },
        close: () => void (isClosed = true),
      });
    },
  };
}
