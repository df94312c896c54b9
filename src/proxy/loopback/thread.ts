import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A loopback provider in a place of its own. */
interface Host {
  readonly url: string;
  /** Settles when it is there no more, whatever the cause. */
  readonly gone: Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

export interface LoopbackThread {
  /** Starts the provider if it does not run, and gives its URL once it listens. */
  readonly url: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/**
 * A loopback provider that is started when first asked for, once however many ask, and again after it has crashed.
 * @param start how it is hosted; by default, in a worker thread.
 */
export function loopbackThread(start: () => Promise<Host> = startWorker): LoopbackThread {
  let host: Promise<Host> | null = null;

  function started(): Promise<Host> {
    const starting = start();
    const forget = (): void => {
      if (host === starting) host = null;
    };
    starting.then(({ gone }) => gone.then(forget, forget), forget);
    return starting;
  }

  return {
    async url() {
      host ??= started();
      return (await host).url;
    },
    async close() {
      const closing = host;
      host = null;
      await (await closing?.catch(() => null))?.close();
    },
  };
}

/** The worker's file lies beside this one in the build; the thread does not keep the process alive. */
async function startWorker(): Promise<Host> {
  const worker = new Worker(new URL('./worker.js', import.meta.url));
  worker.unref();
  const [url] = (await Promise.race([once(worker, 'message'), exitedEarly(worker)])) as [string];
  const gone = once(worker, 'exit');
  return { url, gone, close: () => worker.terminate() };
}

async function exitedEarly(worker: Worker): Promise<never> {
  const [code] = (await once(worker, 'exit')) as [number];
  throw new Error(`the loopback provider's thread ended with code ${code} before it listened`);
}
