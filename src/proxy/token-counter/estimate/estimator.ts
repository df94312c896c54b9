import { Worker } from 'node:worker_threads';
import type { Cancel, Clock } from '../../clock.ts';

export interface CountRequest {
  readonly id: number;
  readonly text: string;
}

export interface CountReply {
  readonly id: number;
  readonly tokens: number;
}

/** The thread that counts, seen from here. */
interface Counter {
  readonly post: (request: CountRequest) => void;
  readonly stop: () => void;
}

/** Starts a counter, and tells it whom to answer. `failed` is called at most once, and nothing after it. */
export type StartCounter = (answer: { reply: (reply: CountReply) => void; failed: () => void }) => Counter;

/** Counts tokens away from the thread that carries requests. */
export interface Estimator {
  /** The tokens of a text in o200k_base; null where nobody can count it now: the caller keeps its rough estimate. */
  readonly count: (text: string) => Promise<number | null>;
  readonly close: () => void;
}

interface EstimatorOptions {
  readonly clock: Clock;
  readonly start?: StartCounter;
}

const maxWaiting = 64;
const maxCharacters = 64 * 1024;
// The encoding holds 150 MB, which nothing needs while all providers tell their usage.
const idleMs = 60_000;

/**
 * The counter is started by the first question, and stopped when none has come for a minute. One that fails is not
 * started again: estimates stay rough for the rest of the run.
 */
export function estimator({ clock, start = startThread }: EstimatorOptions): Estimator {
  const waiting = new Map<number, (tokens: number | null) => void>();
  let counter: Counter | null = null;
  let broken = false;
  let lastId = 0;
  let cancelIdle: Cancel = () => undefined;

  function answer(id: number, tokens: number | null): void {
    const resolve = waiting.get(id);
    waiting.delete(id);
    resolve?.(tokens);
    if (waiting.size === 0) cancelIdle = clock.after(idleMs, stop);
  }

  function stop(): void {
    cancelIdle();
    counter?.stop();
    counter = null;
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  }

  function failed(): void {
    broken = true;
    stop();
  }

  return {
    count(text) {
      if (broken || text === '' || text.length > maxCharacters || waiting.size >= maxWaiting)
        return Promise.resolve(null);
      cancelIdle();
      counter ??= start({ reply: ({ id, tokens }) => answer(id, tokens), failed });
      const id = ++lastId;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        counter?.post({ id, text });
      });
    },
    close: failed,
  };
}

/** Its output is kept away from the terminal, and it does not keep the process alive. */
const startThread: StartCounter = ({ reply, failed }) => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { stdout: true, stderr: true });
  let stopped = false;
  const fail = (): void => {
    if (!stopped) failed();
    stopped = true;
  };
  worker.on('message', reply);
  worker.on('error', fail);
  worker.on('exit', fail);
  worker.unref();
  return {
    post: (request) => worker.postMessage(request),
    stop() {
      stopped = true;
      void worker.terminate();
    },
  };
};
