import type { Interval, Percentiles, ProofReport } from '../proof/proof-report.ts';

/** A line of the table of latencies. */
export interface LatencyRow {
  readonly name: string;
  /** Null for a difference, which has no requests of its own. */
  readonly count: number | null;
  readonly errors: number | null;
  readonly ms: Percentiles;
  readonly p99Interval: Interval | null;
  readonly isOverhead: boolean;
}

/** The percentiles of a row, by their headings. */
export const percentileColumns = [
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['p99.9', 'p999'],
  ['max', 'max'],
] as const satisfies readonly (readonly [heading: string, key: keyof Percentiles])[];

/** All of a run's rows; what the proxy adds stands below the messages that went through it. */
export function latencyRows({ rows, overhead }: ProofReport): LatencyRow[] {
  const measured = rows.map((row): LatencyRow => ({ ...row, isOverhead: false }));
  const added = [
    differenceRow('overhead, by proxy', overhead.proxy),
    differenceRow('overhead, by client', overhead.client),
  ];
  const last = rows.findLastIndex(({ workload, target }) => workload === 'passthrough' && target === 'proxied');
  return measured.toSpliced(last < 0 ? measured.length : last + 1, 0, ...added.flatMap((row) => row ?? []));
}

function differenceRow(name: string, ms: Percentiles | null): LatencyRow | null {
  return ms === null ? null : { name, count: null, errors: null, ms, p99Interval: null, isOverhead: true };
}
