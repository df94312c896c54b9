import { healthFrom, snapshotFrom } from './answers.ts';
import { EndedRequests } from './ended-requests.ts';
import { NoticeList } from './notice-list.ts';
import { RequestList } from './request-list.ts';
import { isObject, progressFrom, requestRow, timeFrom } from './request-rows.ts';
import type { Connection, DashboardState, Health, NoticeRow, RequestRow, Slice } from './state.ts';

export interface StoreOptions {
  /** Of the proxy, without a path. */
  readonly url: string;
  /** Nothing can be changed from here. */
  readonly readOnly: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * All that is known of a proxy, from what it tells: events, and answers that were asked for. What it tells is foreign,
 * and never makes this throw. Nobody sees a change before it is published, as one state that is never changed again:
 * `subscribe` and `getSnapshot` are what React's `useSyncExternalStore` takes. Times are Unix milliseconds.
 */
export class DashboardStore {
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly #requests = new RequestList();
  readonly #ended = new EndedRequests();
  readonly #notices = new NoticeList();
  #connection: Connection = { state: 'connecting' };
  #snapshot: DashboardState['snapshot'] = null;
  #health: Health | null = null;
  /** When nobody was on their way, by the proxy's clock; null where the last answer told of some. */
  #emptyAt: number | null = null;
  #isChanged = false;
  #state: DashboardState;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#state = this.#stateAt(options.now);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): DashboardState => this.#state;

  /** Something has happened that is not shown yet. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** Makes all that has come since the last time the state that is shown. */
  publish(now: number): void {
    this.#requests.dropSilent(now);
    this.#isChanged = false;
    this.#state = this.#stateAt(now);
    for (const listener of this.#listeners) listener();
  }

  /** Takes an event of `/events`. @param data as it was sent, parsed; whatever it is */
  event(name: string, data: unknown, now: number): void {
    this.#isChanged = true;
    if (name === 'hello') this.#hello(data);
    else if (name === 'started') this.#started(data, now);
    else if (name === 'progress') this.#progress(data, now);
    else if (name === 'ended') this.#over(data, now);
    else if (name === 'notice' && this.#notices.told(data, now) > 0) this.#ended.skipped();
  }

  /** Takes the body of `/stats`. */
  stats(body: unknown, now: number): void {
    const snapshot = snapshotFrom(body);
    if (snapshot === null) return;
    this.#take(snapshot);
    this.#ended.reconcile(snapshot, now);
    this.#dropUntold(snapshot);
  }

  /** Takes the body of `/health`. */
  health(body: unknown): void {
    this.#health = healthFrom(body) ?? this.#health;
  }

  /** Takes the body of `/recent`. */
  recent(body: unknown, now: number): void {
    const requests = isObject(body) && Array.isArray(body.requests) ? (body.requests as unknown[]) : [];
    for (const request of requests.toReversed()) {
      const row = endedRow(request);
      if (row === null) continue;
      this.#requests.ended(row, now);
      this.#ended.recalled(row, now);
    }
  }

  /** Whether the proxy is there. */
  connected(connection: Connection): void {
    this.#isChanged = true;
    this.#connection = connection;
  }

  /** Adds a line of this program's own. */
  notice(row: NoticeRow): void {
    this.#notices.add(row);
  }

  #hello(data: unknown): void {
    const snapshot = snapshotFrom(data);
    if (snapshot === null) return;
    this.#take(snapshot);
    this.#ended.begin(snapshot);
  }

  #take(snapshot: NonNullable<DashboardState['snapshot']>): void {
    const isAnother = this.#snapshot !== null && this.#snapshot.instance !== snapshot.instance;
    if (isAnother) {
      this.#requests.dropLive(Infinity);
      this.#emptyAt = null;
    }
    this.#snapshot = snapshot;
  }

  /**
   * Of some that ended nobody tells: their events were left out, or lost with a connection. Events come up to a tick
   * later than answers, so that those that were over by one answer are dropped with the next.
   */
  #dropUntold({ in_flight: inFlight, time }: NonNullable<DashboardState['snapshot']>): void {
    if (this.#emptyAt !== null) this.#requests.dropLive(this.#emptyAt);
    this.#emptyAt = inFlight === 0 ? timeFrom(time) : null;
  }

  #started(data: unknown, now: number): void {
    const row = requestRow(data);
    if (row !== null) this.#requests.started({ ...row, totalMs: null }, now);
  }

  #progress(data: unknown, now: number): void {
    const progress = progressFrom(data);
    if (progress !== null) this.#requests.progress(progress, now);
  }

  #over(data: unknown, now: number): void {
    const row = endedRow(data);
    if (row === null) return;
    this.#requests.ended(row, now);
    this.#ended.told(row, now);
  }

  #stateAt(now: number): DashboardState {
    const { url, readOnly } = this.#options;
    return {
      ...{ connection: this.#connection, url, readOnly, now, snapshot: this.#snapshot, health: this.#health },
      ...{ requests: this.#requests.rows(), notices: this.#notices.rows() },
      slices: remembered((seconds, count) => this.#ended.read(seconds, count, now)),
    };
  }
}

function endedRow(data: unknown): RequestRow | null {
  const row = requestRow(data);
  return row === null ? null : { ...row, totalMs: row.totalMs ?? 0 };
}

/** A state is shown again while the screen is paused: what it was asked once, it answers so for ever. */
function remembered(read: (seconds: number, count: number) => Slice[]): DashboardState['slices'] {
  const known = new Map<string, Slice[]>();
  return (seconds, count) => {
    const key = `${seconds} ${count}`;
    const slices = known.get(key) ?? read(seconds, count);
    known.set(key, slices);
    return slices;
  };
}
