import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

const times = fc.array(fc.double({ min: 0, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 300 });
const shares = fc.constantFrom(0, 0.01, 0.07, 0.5, 0.9, 0.95, 0.99, 0.999, 1);

function histogramOf(ms: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const each of ms) histogram.add(each);
  return histogram;
}

/** By nearest rank, the usual way. */
function exactly(ms: readonly number[], share: number): number {
  const sorted = ms.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * ms.length - 1e-9) - 1)] as number;
}

describe('a histogram', () => {
  it('gives every percentile to a thousandth of its value, or to a microsecond', () => {
    fc.assert(
      fc.property(times, shares, (ms, share) => {
        const exact = exactly(ms, share);
        expect(Math.abs(histogramOf(ms).quantile(share) - exact)).toBeLessThanOrEqual(Math.max(0.001, exact / 1000));
      }),
    );
  });

  it('keeps its largest time exactly, and gives no percentile above it', () => {
    fc.assert(
      fc.property(times, shares, (ms, share) => {
        const histogram = histogramOf(ms);
        expect(histogram.maxMs).toBeCloseTo(Math.max(...ms), 9);
        expect(histogram.quantile(share)).toBeLessThanOrEqual(histogram.maxMs);
      }),
    );
  });

  it('that takes in another is the one that had counted all', () => {
    fc.assert(
      fc.property(times, times, (some, others) => {
        const merged = histogramOf(some).merge(histogramOf(others));
        expect(merged.data()).toEqual(histogramOf([...some, ...others]).data());
      }),
    );
  });

  it('is the same when it has gone to another process', () => {
    fc.assert(
      fc.property(times, (ms) => {
        const histogram = histogramOf(ms);
        const received = Histogram.from(structuredClone(histogram.data()));
        expect(received.data()).toEqual(histogram.data());
        expect(received.percentiles()).toEqual(histogram.percentiles());
      }),
    );
  });

  it('keeps counts that two bytes cannot hold', () => {
    const histogram = histogramOf(Array.from({ length: 70_000 }, () => 1));
    expect(Histogram.from(histogram.data()).countUpTo(1)).toBe(70_000);
  });

  it('of nothing reads 0 everywhere', () => {
    const empty = { p50: 0, p90: 0, p95: 0, p99: 0, p999: 0, max: 0 };
    expect(new Histogram().percentiles()).toEqual(empty);
    expect(Histogram.from(new Histogram().data()).percentiles()).toEqual(empty);
  });

  it('counts what is below 0 as 0, and what is over an hour in its last slot', () => {
    expect(histogramOf([-3]).percentiles().max).toBe(0);
    const long = histogramOf([1, 5_000_000, 6_000_000]);
    expect(long.maxMs).toBe(6_000_000);
    expect(long.quantile(0.5)).toBeGreaterThan(4_290_000);
  });

  it('knows how many times are up to one', () => {
    const histogram = histogramOf([0.5, 1, 1, 2]);
    expect([0.4, 0.5, 1, 1.5, 2].map((ms) => histogram.countUpTo(ms))).toEqual([0, 1, 3, 3, 4]);
  });

  it('has a mean and a deviation', () => {
    const { mean, deviation } = histogramOf([1, 2, 3, 4]).meanAndDeviation();
    expect(mean).toBeCloseTo(2.5, 2);
    expect(deviation).toBeCloseTo(Math.sqrt(1.25), 2);
    expect(new Histogram().meanAndDeviation()).toEqual({ mean: 0, deviation: 0 });
  });
});
