import type { Trace } from '../proxy/tracing/trace.ts';
import { createAsker } from './asking.ts';
import { followEvents } from './event-stream.ts';
import { isObject } from './request-rows.ts';
import type { DashboardStore } from './store.ts';

export interface SourceOptions {
  /** Of the proxy, without a path. */
  readonly baseUrl: string;
  /** What every request must bring to an exposed proxy, or null. */
  readonly token: string | null;
  /** Is told of all that comes, and publishes nothing by it. */
  readonly store: DashboardStore;
  /** Between two looks at the snapshot while somebody is watching. */
  readonly activeMs?: number;
  /** And while nobody is. */
  readonly idleMs?: number;
  /** For one answer. */
  readonly timeoutMs?: number;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

export interface Source {
  /** Whether somebody is watching. From idle to active it looks at once. */
  readonly setPace: (active: boolean) => void;
  /** Reads the last requests again. Never rejects. */
  readonly recent: () => Promise<void>;
  /** One request's way through the proxy; null where it is not known any more, or nobody answers. */
  readonly detail: (id: string) => Promise<Trace | null>;
  readonly close: () => void;
}

const standard = { activeMs: 1000, idleMs: 5000, timeoutMs: 2000 };

/** Feeds a store from a running proxy, until it is closed: a proxy that dies is waited for. */
export function openSource(options: SourceOptions): Source {
  return new ProxySource(options);
}

class ProxySource implements Source {
  readonly #options: Required<SourceOptions>;
  readonly #asker;
  readonly #stopFollowing: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isActive = true;
  #isClosed = false;
  #isPolling = false;
  #isFollowing = false;
  /** Since when nobody answers; null while somebody does, or did not have the time to. */
  #lostSince: number | null = null;

  constructor(options: SourceOptions) {
    this.#options = { ...standard, now: Date.now, ...options };
    const { baseUrl, token, store, timeoutMs, now } = this.#options;
    this.#asker = createAsker({ baseUrl, token, timeoutMs });
    this.#stopFollowing = followEvents({
      ...{ baseUrl, token },
      onEvent: (name, data) => store.event(name, data(), now()),
      onOpen: () => this.#opened(),
      onLost: (reason) => {
        this.#isFollowing = false;
        this.#lost(reason);
      },
    });
  }

  setPace(active: boolean): void {
    const wakesUp = active && !this.#isActive;
    this.#isActive = active;
    if (wakesUp && this.#isFollowing) void this.#poll();
  }

  async recent(): Promise<void> {
    const { store, now } = this.#options;
    const body = await this.#asker.ask('/recent?limit=500').catch(() => undefined);
    if (!this.#isClosed) store.recent(body, now());
  }

  async detail(id: string): Promise<Trace | null> {
    const body = await this.#asker.ask(`/trace/${encodeURIComponent(id)}`).catch(() => undefined);
    return isTrace(body) ? body : null;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stopFollowing();
    this.#asker.close();
  }

  #opened(): void {
    this.#isFollowing = true;
    this.#live();
    void this.recent();
    void this.#poll();
  }

  /** Looks at the snapshot, and again in a while, for as long as the proxy is there. */
  async #poll(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isPolling) return;
    this.#isPolling = true;
    const { store, now, activeMs, idleMs } = this.#options;
    try {
      const [stats, health] = [await this.#asker.ask('/stats'), await this.#asker.ask('/health')];
      if (this.#isClosed) return;
      store.stats(stats, now());
      store.health(health);
      if (this.#isFollowing) this.#live();
    } catch (error) {
      // It may be there, and be too busy to answer.
      this.#lost((error as Error).message);
    } finally {
      this.#isPolling = false;
    }
    if (!this.#isClosed && this.#isFollowing) {
      this.#timer = setTimeout(() => void this.#poll(), this.#isActive ? activeMs : idleMs);
    }
  }

  #live(): void {
    const { store, now } = this.#options;
    if (this.#lostSince !== null) store.notice({ time: now(), level: 'info', message: 'the proxy answers again' });
    this.#lostSince = null;
    store.connected({ state: 'live' });
  }

  #lost(reason: string): void {
    if (this.#isClosed || this.#lostSince !== null) return;
    const { store, now } = this.#options;
    this.#lostSince = now();
    store.notice({ time: this.#lostSince, level: 'error', message: `the proxy does not answer: ${reason}` });
    store.connected({ state: 'lost', since: this.#lostSince });
  }
}

function isTrace(body: unknown): body is Trace {
  if (!isObject(body)) return false;
  return typeof body.id === 'string' && isObject(body.marks_ms) && Array.isArray(body.stages);
}
