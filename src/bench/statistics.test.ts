import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, median, summarise } from './statistics.ts';

const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 200 });

describe('a summary', () => {
  it('gives quantiles by nearest rank', () => {
    const samples = Array.from({ length: 1000 }, (_, n) => 1000 - n);
    expect(summarise(samples)).toEqual({ count: 1000, p50: 500, p90: 900, p95: 950, p99: 990, p999: 999, max: 1000 });
  });

  it('of a single sample is that sample at every point', () => {
    expect(summarise([7])).toEqual({ count: 1, p50: 7, p90: 7, p95: 7, p99: 7, p999: 7, max: 7 });
  });

  it('of nothing is all zero', () => {
    expect(summarise([])).toEqual({ count: 0, p50: 0, p90: 0, p95: 0, p99: 0, p999: 0, max: 0 });
  });

  it('sorts numbers as numbers, not as text', () => {
    expect(summarise([9, 10, 100]).max).toBe(100);
  });
});

describe('a median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('of nothing is not a number', () => {
    expect(median([])).toBeNaN();
  });
});

describe('an estimate', () => {
  it('of five rounds spans all of them, which holds the true median in 94 of 100 cases', () => {
    expect(estimate([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 1, high: 5 });
  });

  it('of nine rounds leaves the outermost out', () => {
    expect(estimate([1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual({ median: 5, low: 2, high: 8 });
  });

  it('always encloses its median', () => {
    fc.assert(
      fc.property(values, (rounds) => {
        const { low, median: middle, high } = estimate(rounds);
        expect(low).toBeLessThanOrEqual(middle);
        expect(high).toBeGreaterThanOrEqual(middle);
      }),
    );
  });

  it('encloses the true median as often as it says', () => {
    // Uniform numbers from a fixed sequence: their true median is a half.
    let state = 1;
    const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const hits = Array.from({ length: 4000 }, () => estimate(Array.from({ length: 9 }, next)));
    const inside = hits.filter(({ low, high }) => low <= 0.5 && high >= 0.5).length;
    expect(inside / hits.length).toBeGreaterThan(0.93);
  });
});
