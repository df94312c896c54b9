import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { ProxyConfig } from '../proxy/config/config.ts';
import type { FromWorker, ToWorker } from '../proxy/worker.ts';

export type Ready = Extract<FromWorker, { type: 'ready' }>;
type Failed = Extract<FromWorker, { type: 'failed' }>;

/** The proxy could not start: its port is taken, say. */
export class StartError extends Error {
  /** The name of what was thrown. */
  readonly kind: string;
  /** The system's error code, or null. */
  readonly code: string | null;

  constructor(failed: Failed) {
    super(failed.message);
    this.name = 'StartError';
    this.kind = failed.name;
    this.code = failed.code;
  }
}

export interface ProxyThreadEvents {
  readonly log: (level: ProxyConfig['logLevel'], message: string) => void;
  /** The thread crashed and a new one serves the same port. */
  readonly restarted: (ready: Ready) => void;
  /** The thread crashed too often, or could not start again. Nothing serves any more. */
  readonly lost: () => void;
}

export interface ProxyThread {
  /** @throws StartError */
  readonly start: (config: ProxyConfig) => Promise<Ready>;
  /** Gives what the proxy has against the new configuration, or null. */
  readonly reload: (config: ProxyConfig) => Promise<string | null>;
  /** Lets requests in flight end, for so long; then the thread ends. */
  readonly stop: (drainMs: number) => Promise<{ readonly clean: boolean }>;
  /** Ends the thread at once. */
  readonly kill: () => Promise<void>;
}

const restartDelaysMs = [100, 1000];
const crashWindowMs = 60_000;
const ended: Failed = {
  type: 'failed',
  name: 'Error',
  code: null,
  message: 'the thread of the proxy ended unexpectedly',
};

/**
 * Starts a thread for the proxy at once, so that it loads its modules while the configuration is still being read, and
 * keeps it running: a crashed thread is replaced, after a growing delay; the third crash within a minute is the last.
 */
export function createProxyThread(script: URL, events: ProxyThreadEvents): ProxyThread {
  let crashes: number[] = [];
  /** What a new thread is started with; null until the first one serves. */
  let latest: ProxyConfig | null = null;
  /** The port that was asked for, the one in the thread's configuration, and the one that it holds. */
  const ports = { asked: 0, told: 0, held: 0 };
  let ending = false;
  let asked: Promise<unknown> = Promise.resolve();
  let answer: ((message: FromWorker) => void) | null = null;
  let worker: Worker | null = launch();

  return {
    async start(initial) {
      const ready = await ask({ type: 'start', config: initial });
      if (ready.type !== 'ready') throw new StartError(ready.type === 'failed' ? ready : ended);
      latest = initial;
      Object.assign(ports, { asked: initial.listen.port, told: initial.listen.port, held: ready.port });
      return ready;
    },
    async reload(next) {
      const samePort = next.listen.port === ports.asked;
      const reloaded = await ask({ type: 'reload', config: samePort ? onPort(next, ports.told) : next });
      if (reloaded.type !== 'reloaded') return ended.message;
      if (reloaded.problem === null) latest = next;
      return reloaded.problem;
    },
    async stop(drainMs) {
      ending = true;
      const stopped = await ask({ type: 'stop', drainMs });
      await worker?.terminate();
      return { clean: stopped.type === 'stopped' && stopped.clean };
    },
    async kill() {
      ending = true;
      await worker?.terminate();
    },
  };

  function launch(): Worker {
    // The environment is shared, so that a key that is taken out of it is gone for the thread too.
    const thread = new Worker(script, { env: SHARE_ENV, stdout: true, stderr: true });
    thread.on('message', (message: FromWorker) => {
      if (message.type === 'log') events.log(message.level, message.message);
      else settle(message);
    });
    thread.on('error', (error: unknown) => events.log('error', `the proxy crashed: ${stackOf(error)}`));
    thread.on('exit', exited);
    for (const stream of [thread.stdout, thread.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => events.log('warn', text.trimEnd()));
    }
    return thread;
  }

  /** One question at a time: an answer says nothing of which question it belongs to. */
  function ask(message: ToWorker): Promise<FromWorker> {
    const answered = asked.then(
      () =>
        new Promise<FromWorker>((resolve) => {
          answer = resolve;
          if (worker === null) settle(ended);
          else worker.postMessage(message);
        }),
    );
    asked = answered;
    return answered;
  }

  function settle(message: FromWorker): void {
    const waiting = answer;
    answer = null;
    waiting?.(message);
  }

  function exited(): void {
    worker = null;
    settle(ended);
    if (ending || latest === null) return;
    const now = performance.now();
    crashes = [...crashes.filter((time) => now - time < crashWindowMs), now];
    const delayMs = restartDelaysMs[crashes.length - 1];
    if (delayMs === undefined) events.lost();
    else setTimeout(() => void restart(latest), delayMs);
  }

  async function restart(config: ProxyConfig | null): Promise<void> {
    if (ending || config === null) return;
    worker = launch();
    ports.told = ports.held;
    const started = await ask({ type: 'start', config: onPort(config, ports.held) });
    if (started.type === 'ready') {
      events.restarted(started);
    } else if (worker !== null) {
      // It lives but cannot serve; trying again would meet the same obstacle.
      ending = true;
      events.log(
        'error',
        `the proxy could not start again: ${started.type === 'failed' ? started.message : ended.message}`,
      );
      events.lost();
    }
  }
}

/** A proxy that was told to take any port keeps the one it got when it starts again. */
function onPort(config: ProxyConfig, port: number): ProxyConfig {
  return { ...config, listen: { ...config.listen, port } };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
