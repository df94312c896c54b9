import type { Metric, Percentiles, ProofRow } from './proof-report.ts';

/** Of the sends, so many may be late. */
export const lateShareLimit = 0.01;
/** Of a limit, so much may be the rig's own. */
const ownShareLimit = 0.5;

/** A limit that a figure is judged by. */
export interface GateLimit {
  readonly metric: string;
  readonly unit: Metric['unit'];
  readonly pass: { readonly operator: '<' | '<=' | '>' | '>='; readonly value: number };
}

/** What the metrics of a workload begin with. Its direct run is to be far below their limits. */
const metricsOf: Readonly<Partial<Record<ProofRow['workload'], readonly string[]>>> = {
  passthrough: ['messages', 'overhead', 'overhead.client'],
  stream: ['stream'],
};

const percentiles = ['p50', 'p90', 'p95', 'p99', 'p999'] as const satisfies readonly (keyof Percentiles)[];

/** What the direct runs read where a metric is judged, in ms and by the metric's name; the provider's delay is not the rig's and is taken off. */
export function directFigures(rows: readonly ProofRow[], mockDelayMs: number): ReadonlyMap<string, number> {
  const direct = rows.filter(({ target }) => target === 'direct');
  return new Map(
    direct.flatMap(({ workload, ms }) =>
      (metricsOf[workload] ?? []).flatMap((metric) =>
        percentiles.map((percentile) => [`${metric}.${percentile}`, ms[percentile] - mockDelayMs] as const),
      ),
    ),
  );
}

/** Null: enough of the load was sent at its time. Else why its figures say nothing. */
export function lateReason({ sent, late }: { readonly sent: number; readonly late: number }): string | null {
  if (late <= sent * lateShareLimit) return null;
  const share = ((late / sent) * 100).toFixed(1);
  return `${share}% of the requests were sent more than 2 ms late, and 1% may be: the load was the limit`;
}

/** One reason for each limit of which the direct run alone breaks half: then the figure says more of the rig than of the proxy. */
export function directReasons(direct: ReadonlyMap<string, number>, limits: readonly GateLimit[]): string[] {
  return limits.flatMap(({ metric, unit, pass }) => {
    const ms = direct.get(metric);
    if (ms === undefined || unit !== 'ms' || pass.operator.startsWith('>')) return [];
    const half = pass.value * ownShareLimit;
    const isFar = pass.operator === '<' ? ms < half : ms <= half;
    const read = `without the proxy, ${metric} would read ${ms.toFixed(2)} ms`;
    return isFar ? [] : [`${read}, which is over half of its limit of ${pass.value} ms: the rig was the limit`];
  });
}
