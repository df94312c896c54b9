import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PicodollarSum } from './picodollars.ts';

const amounts = fc.array(fc.integer({ min: -(10 ** 15), max: 10 ** 15 }), { maxLength: 100 });

function sumOf(values: readonly number[]): PicodollarSum {
  const sum = new PicodollarSum();
  for (const value of values) sum.add(value);
  return sum;
}

describe('a sum of picodollars', () => {
  it('is exact far beyond what a number holds', () => {
    const sum = sumOf(Array.from({ length: 50_000 }, () => 999_999_999_999));
    expect(sum.picodollars()).toBe(49_999_999_999_950_000n);
    expect(sum.usd()).toBe(49_999.99999995);
  });

  it('equals the sum in big integers, alone and merged', () => {
    fc.assert(
      fc.property(amounts, amounts, (ours, theirs) => {
        const merged = sumOf(ours);
        merged.merge(sumOf(theirs));
        const expected = [...ours, ...theirs].reduce((total, value) => total + BigInt(value), 0n);
        expect(merged.picodollars()).toBe(expected);
      }),
    );
  });

  it('starts again from nothing once cleared', () => {
    const sum = sumOf([1e15, 1]);
    sum.clear();
    expect(sum.picodollars()).toBe(0n);
  });
});
