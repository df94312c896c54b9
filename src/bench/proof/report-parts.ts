import { percentilesLess } from './difference.ts';
import type { Findings } from './findings.ts';
import { lateReason } from './gate.ts';
import { Histogram } from './histogram.ts';
import type { CurvePoint, ProofReport, RateFacts, TimelinePoint } from './proof-report.ts';
import type { RowTally } from './row-tally.ts';

/** Where the percentile curve has its points: close together where the tail is. */
const quantiles = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999];

/** Quantiles beyond the largest time say nothing new. */
function curveOf({ target, latency }: RowTally): CurvePoint[] {
  const told = quantiles.filter((quantile) => (1 - quantile) * latency.count >= 1);
  const points = told.map((quantile) => ({ target, quantile, ms: latency.quantile(quantile) }));
  return latency.count === 0 ? [] : [...points, { target, quantile: 1, ms: latency.maxMs }];
}

function timelineOf({ target, seconds }: RowTally): TimelinePoint[] {
  return seconds
    .map((some, second) => ({
      ...{ second, target, count: some.count },
      p50Ms: some.quantile(0.5),
      p99Ms: some.quantile(0.99),
    }))
    .filter(({ count }) => count > 0);
}

/** Of the messages, directly and through the proxy; of whatever was sent where there were none. */
function picturedTallies(findings: Findings): readonly RowTally[] {
  const ofMessages = findings.tallies.filter(({ workload }) => workload === 'passthrough');
  const [first] = findings.tallies;
  return ofMessages.length > 0 ? ofMessages : findings.tallies.filter(({ workload }) => workload === first?.workload);
}

export function picturesOf(findings: Findings): Pick<ProofReport, 'timeline' | 'curve'> {
  const tallies = picturedTallies(findings);
  return { timeline: tallies.flatMap(timelineOf), curve: tallies.flatMap(curveOf) };
}

/** How much of an open loop kept its times; null of a closed one. @param perSecond the run's rate: workloads with a share of it are left out of the rates */
export function rateOf(findings: Findings, perSecond: number, lateness: Histogram): RateFacts | null {
  if (lateness.count === 0) return null;
  const paced = findings.tallies.filter(({ lateness: own }) => own.count > 0);
  const atFullRate = paced.filter(({ workload }) => ['health', 'stats', 'passthrough'].includes(workload));
  const [count, ms, late, sent] = [
    atFullRate.reduce((sum, tally) => sum + tally.count - tally.errors, 0),
    atFullRate.reduce((sum, tally) => sum + tally.elapsedMs, 0),
    paced.reduce((sum, tally) => sum + tally.late, 0),
    paced.reduce((sum, tally) => sum + tally.count, 0),
  ];
  if (ms === 0) return null;
  return {
    offeredPerSecond: perSecond,
    achievedPerSecond: (count / ms) * 1000,
    lateShare: sent === 0 ? 0 : late / sent,
    generatorLagP99Ms: lateness.quantile(0.99),
  };
}

/** What is said of how an open loop kept its times; too many late sends make the run invalid. Null of a closed one. */
export function judgeRate(findings: Findings, perSecond: number): RateFacts | null {
  const lateness = findings.tallies.reduce((sum, tally) => sum.merge(tally.lateness), new Histogram());
  const paced = findings.tallies.filter(({ lateness: own }) => own.count > 0);
  const sum = (value: 'count' | 'late'): number => paced.reduce((total, tally) => total + tally[value], 0);
  const late = lateReason({ sent: sum('count'), late: sum('late') });
  if (late !== null) findings.reject(late);
  const rate = rateOf(findings, perSecond, lateness);
  if (rate !== null) findings.metric('rate.achieved', rate.achievedPerSecond, '/s');
  return rate;
}

/** By the client: each percentile through the proxy less the same directly. Null where a closed loop only was run: there, waiting for one's turn is most of it. */
export function clientOverhead(findings: Findings): ProofReport['overhead']['client'] {
  const [proxied, direct] = [findings.tally('passthrough', 'proxied'), findings.tally('passthrough', 'direct')];
  if (!proxied || !direct || findings.pacedSpans.length === 0) return null;
  findings.difference('overhead.client', proxied.latency, direct.latency);
  return percentilesLess(proxied.latency.percentiles(), direct.latency.percentiles());
}
