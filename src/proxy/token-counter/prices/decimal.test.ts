import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, quotient, ratioOf, sameDecimal } from './decimal.ts';

describe('ratioOf', () => {
  it('reads a decimal string exactly', () => {
    expect(ratioOf('1.25')).toEqual({ numerator: 125n, denominator: 100n });
    expect(ratioOf('272')).toEqual({ numerator: 272n, denominator: 1n });
    expect(ratioOf('0.1')).toEqual({ numerator: 1n, denominator: 10n });
  });
});

describe('decimalOf', () => {
  it.each([
    [2.5e-7, 6, '0.25'],
    [1.25e-6, 6, '1.25'],
    [0.000005, 6, '5'],
    [3e-5, 6, '30'],
    [1e-12, 6, '0.000001'],
    [0, 6, '0'],
    [10, 0, '10'],
    [1.1, 0, '1.1'],
    [100, 3, '100000'],
    [0.01, 3, '10'],
  ])('writes %d shifted by %i as %s', (value, shift, text) => {
    expect(decimalOf(value, shift)).toBe(text);
  });

  it.each([-1, NaN, Infinity, 1e-13, 1.0000000000001e-6, 1e300])('gives null for %d, which is no price', (value) => {
    expect(decimalOf(value, 6)).toBeNull();
  });

  it('agrees with the decimal that a catalogue writes for a price per token', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (picodollars) => {
        const text = decimalOf(Number(`${picodollars}e-12`), 6);
        expect(text && sameDecimal(text, String(picodollars / 10 ** 6))).toBe(true);
      }),
    );
  });
});

describe('quotient', () => {
  it('divides exactly, or says that it cannot', () => {
    expect(quotient('1.25', '2.50')).toBe('0.5');
    expect(quotient('8', '4')).toBe('2');
    expect(quotient('0.13', '0.25')).toBe('0.52');
    expect(quotient('1', '3')).toBeNull();
    expect(quotient('1', '0')).toBeNull();
  });
});

describe('sameDecimal', () => {
  it('compares numbers and not spellings', () => {
    expect(sameDecimal('0.10', '0.1')).toBe(true);
    expect(sameDecimal('5', '5.000')).toBe(true);
    expect(sameDecimal('0.1', '0.01')).toBe(false);
  });
});
