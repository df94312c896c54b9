import type { Summary } from '../statistics.ts';
import { intervalLess } from './difference.ts';
import type { Histogram } from './histogram.ts';
import type { LoadOutcome } from './proof-jobs.ts';
import type { Interval, Metric, ProofRow, ProofTarget, WorkloadName } from './proof-report.ts';
import { quantileInterval } from './quantile-interval.ts';
import { RowTally, rowName } from './row-tally.ts';

/** A time of which the ledger's records are wanted, by the wall clock, in Unix milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** The percentiles that metrics are made of, by their names. */
const points = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** What a run has found so far; its parts add to it. */
export class Findings {
  readonly #rows = new Map<string, RowTally>();
  readonly #metrics = new Map<string, Metric>();
  /** Rows that are neither paced nor of a capacity: their requests count for themselves. */
  readonly furtherRows: ProofRow[] = [];
  readonly notes = new Set<string>();
  readonly invalid = new Set<string>();
  /** When messages went through the proxy at their own pace: overhead is judged by these. */
  readonly pacedSpans: TimeSpan[] = [];

  tally(workload: WorkloadName, target: ProofTarget): RowTally | undefined {
    return this.#rows.get(rowName(workload, target));
  }

  /** In the order in which they came up. */
  get tallies(): readonly RowTally[] {
    return [...this.#rows.values()];
  }

  get metrics(): Record<string, Metric> {
    return Object.fromEntries(this.#metrics);
  }

  add(workload: WorkloadName, target: ProofTarget, outcome: LoadOutcome, secondsEach = 1): void {
    const name = rowName(workload, target);
    const tally = this.#rows.get(name) ?? new RowTally(workload, target);
    this.#rows.set(name, tally);
    tally.add(outcome, secondsEach);
    if (tally.firstError !== null) this.notes.add(`${name}: the first error was: ${tally.firstError}`);
  }

  /** A row of what was kept apart from the others. */
  addApart(workload: WorkloadName, target: ProofTarget, outcomes: readonly LoadOutcome[]): RowTally {
    const tally = new RowTally(workload, target);
    for (const outcome of outcomes) tally.add(outcome);
    this.furtherRows.push(tally.row());
    return tally;
  }

  /** The same of what the generator of `npm run bench` has sent. */
  addSummary(workload: WorkloadName, { p50, p90, p95, p99, p999, max, count }: Summary, errors: number): void {
    const name = rowName(workload, 'proxied');
    const ms = { p50, p90, p95, p99, p999, max };
    this.furtherRows.push({ name, workload, target: 'proxied', count, errors, ms, p99Interval: null });
  }

  /** One that is no number was not measured, and is left out. */
  metric(name: string, value: number, unit: string, interval: Interval | null = null): void {
    if (Number.isFinite(value)) this.#metrics.set(name, { value, unit, interval });
  }

  /** `NAME.p50`, `.p95` and `.p99`, in ms; nothing of no times. */
  percentiles(name: string, histogram: Histogram): void {
    if (histogram.count === 0) return;
    for (const [point, share] of Object.entries(points)) {
      this.metric(`${name}.${point}`, histogram.quantile(share), 'ms', quantileInterval(histogram, share));
    }
  }

  /** The same of each percentile of one less that of the other. */
  difference(name: string, more: Histogram, less: Histogram): void {
    for (const [point, share] of Object.entries(points)) {
      const ms = more.quantile(share) - less.quantile(share);
      this.metric(`${name}.${point}`, ms, 'ms', intervalLess(more, less, share));
    }
  }

  note(text: string): void {
    this.notes.add(text);
  }

  reject(reason: string): void {
    this.invalid.add(reason);
  }
}
