import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';
import { quantileInterval, quantileRanks } from './quantile-interval.ts';

/** How likely it is that at most `most` of `count` hit, each with this share: by the sum over those that miss, who are few. */
function binomialUpTo(most: number, count: number, share: number): number {
  let term = Math.exp(count * Math.log(share));
  let fewerMiss = 0;
  for (let misses = 0; misses < count - most; misses += 1) {
    fewerMiss += term;
    term *= ((count - misses) / (misses + 1)) * ((1 - share) / share);
  }
  return 1 - fewerMiss;
}

describe('the interval of a quantile', () => {
  it('has the ranks that the tables of the binomial give', () => {
    // The median of 100, as in Conover, Practical Nonparametric Statistics.
    expect(quantileRanks(100, 0.5)).toEqual({ low: 40, high: 61 });
    // p99 of 500 rests on the last twelve: the true one is above the largest in 0.7 of 100 cases.
    expect(quantileRanks(500, 0.99)).toEqual({ low: 490, high: 500 });
  });

  it.each([
    [100, 0.5],
    [300, 0.9],
    [1000, 0.95],
    [9000, 0.99],
    [3000, 0.99],
  ])('of %d times and the share %d leaves out a fortieth on either side at most, and not much less', (count, share) => {
    const { low, high } = quantileRanks(count, share);
    const [below, above] = [binomialUpTo(low - 1, count, share), 1 - binomialUpTo(high - 1, count, share)];
    for (const tail of [below, above]) {
      expect(tail).toBeLessThanOrEqual(0.0251);
      expect(tail).toBeGreaterThan(0.01);
    }
  });

  it('is the same for many times, whichever way it is computed', () => {
    const count = 30_000;
    const { low, high } = quantileRanks(count, 0.99);
    expect(binomialUpTo(low - 1, count, 0.99)).toBeCloseTo(0.025, 2);
    expect(1 - binomialUpTo(high - 1, count, 0.99)).toBeCloseTo(0.025, 2);
    expect((low + high) / 2 - count * 0.99).toBeCloseTo(0, -1);
  });

  it('has the values at its ranks', () => {
    const histogram = new Histogram();
    for (let ms = 1; ms <= 100; ms += 1) histogram.add(ms);
    const { low, high } = quantileInterval(histogram, 0.5) ?? { low: NaN, high: NaN };
    expect(low).toBeCloseTo(40, 1);
    expect(high).toBeCloseTo(61, 1);
  });

  it('is not known where too few times have no value that bounds it', () => {
    const histogram = new Histogram();
    expect(quantileInterval(histogram, 0.99)).toBeNull();
    for (let n = 0; n < 300; n += 1) histogram.add(n);
    expect(quantileInterval(histogram, 0.99)).toBeNull();
    expect(quantileInterval(histogram, 0.5)).not.toBeNull();
  });
});
