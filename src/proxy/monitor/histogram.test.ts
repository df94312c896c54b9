import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The value at a quantile by nearest rank, in milliseconds. */
function exactly(values: readonly number[], point: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(point * values.length) - 1]! / 1000;
}

const durations = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 300 });

describe('a histogram', () => {
  it('has no quantiles before its first value', () => {
    expect(new Histogram().quantiles()).toBeNull();
  });

  it('is exact below 64 microseconds', () => {
    const values = Array.from({ length: 64 }, (_, value) => value);
    expect(histogramOf(values).quantiles()).toEqual({ p50: 0.031, p95: 0.06, p99: 0.063, p999: 0.063, max: 0.063 });
  });

  it('gives each quantile within 0.8 % and the maximum exactly', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const quantiles = histogramOf(values).quantiles()!;
        for (const [name, point] of [
          ['p50', 0.5],
          ['p95', 0.95],
          ['p99', 0.99],
          ['p999', 0.999],
        ] as const) {
          const exact = exactly(values, point);
          expect(Math.abs(quantiles[name] - exact)).toBeLessThanOrEqual(exact * 0.008 + 0.001);
        }
        expect(quantiles.max).toBe(Math.max(...values) / 1000);
      }),
    );
  });

  it('merged from two is the histogram of all their values', () => {
    fc.assert(
      fc.property(durations, durations, (ours, theirs) => {
        const merged = histogramOf(ours);
        merged.merge(histogramOf(theirs));
        const together = histogramOf([...ours, ...theirs]);
        expect(merged.quantiles()).toEqual(together.quantiles());
        expect(merged.count).toBe(together.count);
      }),
    );
  });

  it('counts negative, fractional and endless durations without losing one', () => {
    const histogram = histogramOf([-5, 0.4, Number.NaN, 3_600_000_000 * 5]);
    expect(histogram.count).toBe(4);
    expect(histogram.quantiles()).toMatchObject({ p50: 0, max: 18_000_000 });
  });

  it('is empty once cleared, and usable again', () => {
    const histogram = histogramOf([1000, 2000]);
    histogram.clear();
    expect(histogram.quantiles()).toBeNull();
    histogram.record(5);
    expect(histogram.quantiles()).toMatchObject({ p50: 0.005, max: 0.005 });
  });
});
