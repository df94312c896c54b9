import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { ProxyConfig } from '../proxy/config/config.ts';
import type { FromWorker, ToWorker } from '../proxy/worker.ts';

export type Failed = Extract<FromWorker, { type: 'failed' }>;

/** What a question comes to when the thread ends, or has ended, without an answer. */
export const unanswered: Failed = {
  type: 'failed',
  name: 'Error',
  code: null,
  message: 'the thread of the proxy ended unexpectedly',
};

interface WorkerEvents {
  readonly log: (level: ProxyConfig['logLevel'], message: string) => void;
  readonly ended: () => void;
}

/** One thread with a proxy in it, from its launch to its end. It is asked one question at a time. */
export class ProxyWorker {
  readonly #thread: Worker;
  readonly #events: WorkerEvents;
  #lives = true;
  /** Resolves when the last question has its answer: an answer says nothing of which question it belongs to. */
  #asked: Promise<unknown> = Promise.resolve();
  #answer: ((message: FromWorker) => void) | null = null;

  constructor(script: URL, events: WorkerEvents) {
    this.#events = events;
    // The environment is shared, so that a key that is taken out of it is gone for the thread too.
    this.#thread = new Worker(script, { env: SHARE_ENV, stdout: true, stderr: true });
    this.#thread.on('message', (message: FromWorker) => {
      if (message.type === 'log') events.log(message.level, message.message);
      else this.#settle(message);
    });
    this.#thread.on('error', (error: unknown) => events.log('error', `the proxy crashed: ${stackOf(error)}`));
    this.#thread.on('exit', () => this.#end());
    for (const stream of [this.#thread.stdout, this.#thread.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => events.log('warn', text.trimEnd()));
    }
  }

  get lives(): boolean {
    return this.#lives;
  }

  ask(message: ToWorker): Promise<FromWorker> {
    const answered = this.#asked.then(() => this.#post(message));
    this.#asked = answered;
    return answered;
  }

  async terminate(): Promise<void> {
    if (this.#lives) await this.#thread.terminate();
  }

  #post(message: ToWorker): Promise<FromWorker> | FromWorker {
    if (!this.#lives) return unanswered;
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#thread.postMessage(message);
    });
  }

  #settle(message: FromWorker): void {
    const waiting = this.#answer;
    this.#answer = null;
    waiting?.(message);
  }

  #end(): void {
    this.#lives = false;
    this.#settle(unanswered);
    this.#events.ended();
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
