/** Points of a distribution. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Exact points, in the unit of the samples; all are 0 where there was none. */
export interface Summary extends Percentiles {
  readonly count: number;
}

/** Quantiles by nearest rank. */
export function summarise(samples: readonly number[]): Summary {
  const sorted = Float64Array.from(samples).sort();
  const at = (point: number): number => sorted[Math.ceil(point * sorted.length) - 1] ?? 0;
  return {
    count: sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: sorted.at(-1) ?? 0,
  };
}

/** The middle value, or the mean of the two in the middle; NaN of no values. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** A median of several rounds, with the interval that holds the true median. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median with its interval by order statistics, which assumes nothing of the distribution: the narrowest pair of
 * values, equally far from both ends, that encloses the true median in at least 93 % of cases; with fewer than five
 * values their whole range, which promises less.
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let outside = 2 * 0.5 ** n;
  let combinations = 1;
  let rank = 0;
  for (;;) {
    combinations = (combinations * (n - rank)) / (rank + 1);
    outside += 2 * combinations * 0.5 ** n;
    if (outside > 0.07 || rank + 1 >= n / 2) break;
    rank += 1;
  }
  return { median: median(values), low: sorted[rank] ?? NaN, high: sorted[n - 1 - rank] ?? NaN };
}
