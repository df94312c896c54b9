import type { Histogram } from './histogram.ts';
import type { LoadOutcome } from './proof-jobs.ts';
import type { Interval, Metric, ProofTarget, WorkloadName } from './proof-report.ts';
import { quantileInterval } from './quantile-interval.ts';
import { RowTally, rowName } from './row-tally.ts';

/** A time of which the ledger's records are wanted, by the wall clock, in Unix milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** What a run has found so far; its parts add to it. */
export class Findings {
  readonly #rows = new Map<string, RowTally>();
  readonly #metrics = new Map<string, Metric>();
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

  /** One that is no number was not measured, and is left out. */
  metric(name: string, value: number, unit: string, interval: Interval | null = null): void {
    if (Number.isFinite(value)) this.#metrics.set(name, { value, unit, interval });
  }

  /** `NAME.p50`, `.p95` and `.p99`, in ms; nothing of no times. */
  percentiles(name: string, histogram: Histogram): void {
    if (histogram.count === 0) return;
    const shares = { p50: 0.5, p95: 0.95, p99: 0.99 };
    for (const [point, share] of Object.entries(shares)) {
      this.metric(`${name}.${point}`, histogram.quantile(share), 'ms', quantileInterval(histogram, share));
    }
  }

  note(text: string): void {
    this.notes.add(text);
  }

  reject(reason: string): void {
    this.invalid.add(reason);
  }
}
