import type { Histogram } from './histogram.ts';
import type { Interval } from './proof-report.ts';

/** 2.5 % are left out on either side. */
const tail = 0.025;
const normalDeviate = 1.959964;
/** With a variance below this, the binomial's tails are summed; above, the normal distribution is as good. */
const exactBelowVariance = 200;

/** Ranks, from 1, between whose values a quantile lies. `high` may lie above the count: then no value bounds it. */
export interface RankInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * By order statistics, which assume nothing of the distribution: the number of values below the true quantile is
 * binomial, so the quantile is below the value of rank `low`, or not below that of rank `high`, in at most 2.5 % of cases each.
 * (David and Nagaraja, Order Statistics, 7.1.) `low` is 0 where no value bounds it from below.
 */
export function quantileRanks(count: number, share: number): RankInterval {
  const variance = count * share * (1 - share);
  if (variance < exactBelowVariance) return exactRanks(count, share);
  const spread = normalDeviate * Math.sqrt(variance);
  // Half a rank for what is continuous there and whole here.
  return {
    low: Math.max(0, Math.floor(count * share - spread + 0.5)),
    high: Math.ceil(count * share + spread + 0.5),
  };
}

/** The widest tails of the binomial that hold at most 2.5 % each. */
function exactRanks(count: number, share: number): RankInterval {
  // By logarithms: the share of no value below may be far under what a number can hold.
  const logOdds = Math.log(share) - Math.log1p(-share);
  let logProbability = count * Math.log1p(-share);
  let below = 0;
  let low = 0;
  for (let hits = 0; hits <= count; hits += 1) {
    below += Math.exp(logProbability);
    if (below <= tail) low = hits + 1;
    if (below >= 1 - tail) return { low, high: hits + 1 };
    logProbability += Math.log(count - hits) - Math.log(hits + 1) + logOdds;
  }
  return { low, high: count + 1 };
}

/** The 95 % interval of a quantile, in milliseconds; null where there are too few times for an upper end. */
export function quantileInterval(histogram: Histogram, share: number): Interval | null {
  const { low, high } = quantileRanks(histogram.count, share);
  if (histogram.count === 0 || high > histogram.count) return null;
  return { low: low === 0 ? 0 : histogram.valueAtRank(low), high: histogram.valueAtRank(high) };
}
