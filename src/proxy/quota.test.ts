import { describe, expect, it } from 'vitest';
import { picodollarsFrom, rateFrom, rateText } from './quota.ts';

describe('a rate', () => {
  it.each([
    ['10000/s', 10_000, 1000],
    ['1/second', 1, 1000],
    ['400000/min', 400_000, 60_000],
    ['5 / h', 5, 3_600_000],
    ['7/day', 7, 86_400_000],
  ])('%s', (text, amount, periodMs) => expect(rateFrom(text)).toEqual({ amount, periodMs }));

  it.each(['', '10', '10/', '/s', '-1/s', '0/s', '1.5/s', '10/m', '10/S', '1e3/s', '10/s/s', ' 10/s'])(
    'is not %j',
    (text) => expect(rateFrom(text)).toBeNull(),
  );

  it.each(['100/s', '400000/min', '5/h', '7/d'])('is written as %s', (text) =>
    expect(rateText(rateFrom(text)!)).toBe(text),
  );
});

it('counts dollars in whole picodollars', () => {
  expect(picodollarsFrom(0.1)).toBe(100_000_000_000);
  expect(picodollarsFrom(20)).toBe(20_000_000_000_000);
  for (const usd of [0, -1, NaN, Infinity, 9001]) expect(picodollarsFrom(usd)).toBeNull();
});
