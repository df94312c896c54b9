import { Bag } from '../bag.ts';
import type { Clock } from '../clock.ts';
import type { RequestRecord } from '../record.ts';
import { createBreakdowns } from './by.ts';
import type { Progress } from './event-rows.ts';
import { createEventHub, type EventHub } from './events.ts';
import { measure } from './measured.ts';
import type { KeyTimes } from './key-metrics.ts';
import { createMetrics, type Gauges, type RetryLevel } from './metrics.ts';
import { createProviders } from './providers.ts';
import { createRecent } from './recent.ts';
import type { BlockJson, Snapshot, TotalsJson, WindowJson } from './snapshot.ts';
import type { TrafficNumbers } from './traffic-families.ts';
import { createWindows } from './windows.ts';

export type { Snapshot };
export type { TrafficNumbers };
export { metricFamilies } from './metric-families.ts';

export interface MonitorOptions {
  readonly clock: Clock;
  readonly version: string;
  /** Which of several proxies this is. */
  readonly instance: string;
  /** Off: nothing is counted for Prometheus. */
  readonly metrics: 'on' | 'off';
  /** Today's totals of all runs, from the ledger's checkpoint; null while they are not known. */
  readonly today: () => TotalsJson | null;
  /** Whether a request's dollars stay out of the user's sums: it went to a provider of play money. */
  readonly isPlayMoney: (record: RequestRecord) => boolean;
  /** What an exchange on its way has used so far, or null where nothing is known yet. */
  readonly progressOf: (record: RequestRecord) => Progress | null;
  /** What is known where requests are held back or sent elsewhere. */
  readonly traffic: () => TrafficNumbers;
  readonly limits: () => readonly object[];
  /** Ledger records that could not be written. */
  readonly ledgerDropped: () => number;
  readonly retryBudgets: () => readonly RetryLevel[];
  /** Requests that the proxy itself could not take, by reason. */
  readonly shed: () => Readonly<Record<string, number>>;
}

export interface Monitor extends Pick<EventHub, 'subscribe' | 'notice' | 'listening' | 'close'> {
  /** A request was received. */
  readonly started: (record: RequestRecord) => void;
  /** A request's last bytes have gone. @param json of its record, as the ledger has it */
  readonly finished: (record: RequestRecord, json: string) => void;
  readonly snapshot: () => Snapshot;
  readonly inFlight: () => number;
  /** Of this run. */
  readonly totals: () => { readonly requests: number; readonly errors: number };
  readonly run: () => WindowJson;
  /** What one session came to in this run, or null where it is not known. */
  readonly session: (name: string) => BlockJson | null;
  /** At most `limit` finished requests as JSON, newest first. */
  readonly recent: (limit: number) => string[];
  /** Is told what access keys cost; null when metrics are off. */
  readonly keyTimes: KeyTimes | null;
  /** The text of `/metrics`, or null when metrics are off. */
  readonly metrics: () => string | null;
}

/** Counts and measures what the proxy does, all in memory; what it shows is of this run, but for today's totals. */
export function createMonitor(options: MonitorOptions): Monitor {
  const { clock, version, instance, progressOf } = options;
  const inFlight = new Bag<RequestRecord>();
  const windows = createWindows(clock.now);
  const breakdowns = createBreakdowns();
  const [providers, recent] = [createProviders(clock.wall), createRecent()];
  const metrics = options.metrics === 'on' ? createMetrics({ version, instance, startedAt: clock.wall() }) : null;
  const snapshot = (): Snapshot => ({
    version: 1,
    instance,
    time: new Date(clock.wall()).toISOString(),
    run: windows.run(),
    today: options.today(),
    windows: windows.last(),
    by: breakdowns.toJson(),
    providers: providers.toJson(inFlight),
    limits: options.limits(),
    budgets: options.traffic().budgets,
    in_flight: inFlight.size,
  });
  const events = createEventHub({ clock, snapshotJson: () => JSON.stringify(snapshot()), inFlight, progressOf });
  return {
    started(record) {
      inFlight.add(record);
      events.started(record);
    },
    finished(record, json) {
      inFlight.delete(record);
      recent.add(json);
      const measured = measure(record, options.isPlayMoney(record));
      windows.add(measured);
      breakdowns.add(measured);
      providers.add(record);
      metrics?.add(measured);
      events.ended(json);
    },
    snapshot,
    inFlight: () => inFlight.size,
    totals: windows.totals,
    run: windows.run,
    session: breakdowns.session,
    recent: recent.newest,
    keyTimes: metrics?.keyTimes ?? null,
    metrics: () => metrics?.render(gauges(inFlight.size, options), options.traffic()) ?? null,
    subscribe: events.subscribe,
    notice: events.notice,
    listening: events.listening,
    close: events.close,
  };
}

function gauges(inFlight: number, { ledgerDropped, retryBudgets, shed }: MonitorOptions): Gauges {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    ...{ inFlight, ledgerDropped: ledgerDropped(), retryBudgets: retryBudgets(), shed: shed() },
    ...{ residentBytes: rss, heapUsedBytes: heapUsed },
  };
}
