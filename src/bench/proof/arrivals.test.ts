import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalTimesMs, type Arrivals } from './arrivals.ts';

const some = fc.record({
  perSecond: fc.integer({ min: 1, max: 2000 }),
  seconds: fc.integer({ min: 1, max: 5 }),
  arrival: fc.constantFrom('even' as const, 'poisson' as const),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

const gapsOf = (times: Float64Array): number[] => Array.from(times.subarray(1), (ms, n) => ms - (times[n] as number));

describe('the times of sends', () => {
  it('are as many as the rate gives, in order, and all within the run', () => {
    fc.assert(
      fc.property(some, (arrivals) => {
        const times = arrivalTimesMs(arrivals);
        expect(times).toHaveLength(arrivals.perSecond * arrivals.seconds);
        expect(times.every((ms, n) => ms >= (times[n - 1] ?? 0) && ms < arrivals.seconds * 1000)).toBe(true);
      }),
    );
  });

  it('are the same for the same seed, and others for another one', () => {
    const poisson = (seed: number): Float64Array =>
      arrivalTimesMs({ perSecond: 100, seconds: 2, arrival: 'poisson', seed });
    expect(poisson(7)).toEqual(poisson(7));
    expect(poisson(7)).not.toEqual(poisson(8));
  });

  it('are evenly apart where they are to be even', () => {
    const gaps = gapsOf(arrivalTimesMs({ perSecond: 250, seconds: 4, arrival: 'even', seed: 1 }));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1e-6);
    expect(gaps[0]).toBe(4);
  });

  it.each([1, 2, 3, 4294967295])('have gaps as a Poisson process has them, with seed %d', (seed) => {
    const arrivals: Arrivals = { perSecond: 100, seconds: 1000, arrival: 'poisson', seed };
    const gaps = gapsOf(arrivalTimesMs(arrivals)).toSorted((a, b) => a - b);
    const mean = gaps.reduce((sum, ms) => sum + ms, 0) / gaps.length;
    // Exponential: half of all gaps are below ln 2 of their mean, and one of a hundred is above ln 100 of it.
    expect(mean).toBeCloseTo(10, 1);
    expect(gaps[gaps.length / 2 - 0.5] ?? gaps[Math.floor(gaps.length / 2)]).toBeCloseTo(10 * Math.LN2, 0);
    expect((gaps[Math.floor(gaps.length * 0.99)] as number) / (10 * Math.log(100))).toBeCloseTo(1, 1);
  });
});
