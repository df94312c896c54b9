import type { Histogram } from './histogram.ts';
import type { Interval, Percentiles } from './proof-report.ts';
import { quantileInterval } from './quantile-interval.ts';

/** Each percentile of one less the same of the other; below 0 where there is less to tell than the noise. */
export function percentilesLess(more: Percentiles, less: Percentiles): Percentiles {
  return {
    p50: more.p50 - less.p50,
    p90: more.p90 - less.p90,
    p95: more.p95 - less.p95,
    p99: more.p99 - less.p99,
    p999: more.p999 - less.p999,
    max: more.max - less.max,
  };
}

/** Of the difference of two quantiles: from the least that it can be within both intervals to the most. So it holds in at least 90 of 100 cases, and mostly in more than 95. */
export function intervalLess(more: Histogram, less: Histogram, share: number): Interval | null {
  const [ofMore, ofLess] = [quantileInterval(more, share), quantileInterval(less, share)];
  if (ofMore === null || ofLess === null) return null;
  return { low: ofMore.low - ofLess.high, high: ofMore.high - ofLess.low };
}
