import type { Histogram } from './histogram.ts';

/** So many lines each time what is left above is halved. */
const linesOfHalving = 5;

/** Shares from 0 on, closer together the nearer they come to 1, up to the last one that `count` values can tell apart. */
function shares(count: number): number[] {
  const all: number[] = [];
  let left = 1;
  while (left * count >= 1) {
    const step = left / 2 / linesOfHalving;
    for (let line = 0; line < linesOfHalving; line += 1) all.push(1 - left + line * step);
    left /= 2;
  }
  return all;
}

/**
 * The percentile text that HdrHistogram's `outputPercentileDistribution` writes, in milliseconds, which its plotter and
 * others read (https://hdrhistogram.github.io/HdrHistogram/plotFiles.html).
 */
export function hdrText(histogram: Histogram): string {
  const { count, maxMs } = histogram;
  const line = (ms: number, share: number): string => {
    const start = [ms.toFixed(3).padStart(12), share.toFixed(12), String(histogram.countUpTo(ms)).padStart(10)].join(
      ' ',
    );
    return share === 1 ? start : `${start} ${(1 / (1 - share)).toFixed(2).padStart(14)}`;
  };
  const { mean, deviation } = histogram.meanAndDeviation();
  const figure = (value: number): string => value.toFixed(3).padStart(12);
  return [
    `${'Value'.padStart(12)} ${'Percentile'.padStart(14)} ${'TotalCount'.padStart(10)} 1/(1-Percentile)`,
    '',
    ...shares(count).map((share) => line(histogram.quantile(share), share)),
    ...(count === 0 ? [] : [line(maxMs, 1)]),
    `#[Mean    = ${figure(mean)}, StdDeviation   = ${figure(deviation)}]`,
    `#[Max     = ${figure(maxMs)}, Total count    = ${String(count).padStart(12)}]`,
    `#[Buckets = ${'22'.padStart(12)}, SubBuckets     = ${'2048'.padStart(12)}]`,
    '',
  ].join('\n');
}
