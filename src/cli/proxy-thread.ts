import type { Change, ChangeProblem } from '../proxy/change.ts';
import type { ProxyConfig } from '../proxy/config/config.ts';
import type { FromWorker } from '../proxy/worker.ts';
import { type Failed, ProxyWorker, unanswered } from './proxy-worker.ts';

export type Ready = Extract<FromWorker, { type: 'ready' }>;

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

const restartDelaysMs = [100, 1000];
const crashWindowMs = 60_000;

/**
 * Starts a thread for the proxy at once, so that it loads its modules while the configuration is still being read, and
 * keeps it running: a crashed thread is replaced, after a growing delay; the third crash within a minute is the last.
 */
export class ProxyThread {
  readonly #script: URL;
  readonly #events: ProxyThreadEvents;
  #worker: ProxyWorker;
  /** When the thread crashed within the last minute. */
  #crashes: number[] = [];
  /** What a new thread is started with; null until the first one serves. */
  #latest: ProxyConfig | null = null;
  /** The port that was asked for, the one in the thread's configuration, and the one that it holds. */
  #ports = { asked: 0, told: 0, held: 0 };
  #ending = false;

  constructor(script: URL, events: ProxyThreadEvents) {
    this.#script = script;
    this.#events = events;
    this.#worker = this.#launch();
  }

  /** @throws StartError */
  async start(initial: ProxyConfig): Promise<Ready> {
    const ready = await this.#worker.ask({ type: 'start', config: initial });
    if (ready.type !== 'ready') throw new StartError(ready.type === 'failed' ? ready : unanswered);
    this.#latest = initial;
    this.#ports = { asked: initial.listen.port, told: initial.listen.port, held: ready.port };
    return ready;
  }

  /** Gives what the proxy has against the new configuration, or null. */
  async reload(next: ProxyConfig): Promise<string | null> {
    const config = next.listen.port === this.#ports.asked ? onPort(next, this.#ports.told) : next;
    const reloaded = await this.#worker.ask({ type: 'reload', config });
    if (reloaded.type !== 'reloaded') return unanswered.message;
    if (reloaded.problem === null) this.#latest = next;
    return reloaded.problem;
  }

  async change(change: Change): Promise<ChangeProblem> {
    const changed = await this.#worker.ask({ type: 'change', change });
    return changed.type === 'changed' ? changed.problem : unanswered.message;
  }

  /** Lets requests in flight end, for so long; then the thread ends. */
  async stop(drainMs: number): Promise<{ readonly clean: boolean }> {
    this.#ending = true;
    const stopped = await this.#worker.ask({ type: 'stop', drainMs });
    await this.#worker.terminate();
    return { clean: stopped.type === 'stopped' && stopped.clean };
  }

  /** Ends the thread at once. */
  async kill(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }

  #launch(): ProxyWorker {
    return new ProxyWorker(this.#script, { log: this.#events.log, ended: () => this.#crashed() });
  }

  #crashed(): void {
    const config = this.#latest;
    if (this.#ending || config === null) return;
    const now = performance.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < crashWindowMs), now];
    const delayMs = restartDelaysMs[this.#crashes.length - 1];
    if (delayMs === undefined) this.#events.lost();
    else setTimeout(() => void this.#restart(config), delayMs);
  }

  async #restart(config: ProxyConfig): Promise<void> {
    if (this.#ending) return;
    const worker = this.#launch();
    this.#worker = worker;
    this.#ports.told = this.#ports.held;
    const started = await worker.ask({ type: 'start', config: onPort(config, this.#ports.held) });
    if (started.type === 'ready') {
      this.#events.restarted(started);
    } else if (worker.lives) {
      // It lives but cannot serve; trying again would meet the same obstacle.
      this.#ending = true;
      const { message } = started.type === 'failed' ? started : unanswered;
      this.#events.log('error', `the proxy could not start again: ${message}`);
      this.#events.lost();
    }
  }
}

/** A proxy that was told to take any port keeps the one it got when it starts again. */
function onPort(config: ProxyConfig, port: number): ProxyConfig {
  return { ...config, listen: { ...config.listen, port } };
}
