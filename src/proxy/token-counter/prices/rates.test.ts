import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratioOf } from './decimal.ts';
import type { PriceTier } from './price-row.ts';
import { amountOf, ratesOf } from './rates.ts';

const decimal = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 6 }))
  .map(
    ([whole, fraction, digits]) => `${whole}${digits ? `.${String(fraction).padStart(6, '0').slice(0, digits)}` : ''}`,
  );
const tier: fc.Arbitrary<PriceTier> = fc.record({
  above: fc.constant(0),
  input: decimal,
  cache_read: fc.option(decimal),
  cache_write: fc.option(decimal),
  cache_write_1h: decimal,
  output: decimal,
  input_audio: decimal,
});
const count = fc.integer({ min: 0, max: 5_000_000 });
const multiplier = fc.constantFrom('1', '0.5', '1.1', '2', '6', '1.75', '0.333');

/** The same sum in fractions of unlimited size, rounded once. */
function exactly(
  tokens: Record<'fresh' | 'audio' | 'read' | 'short' | 'long' | 'output', number>,
  row: PriceTier,
  factors: string[],
) {
  const term = (amount: number, price: string, quarter = false) => {
    const parts = [ratioOf(price), ...factors.map(ratioOf), { numerator: quarter ? 1n : 4n, denominator: 4n }];
    return {
      numerator: parts.reduce((product, { numerator }) => product * numerator, BigInt(amount) * 1_000_000n),
      denominator: parts.reduce((product, { denominator }) => product * denominator, 1n),
    };
  };
  const terms = [
    term(tokens.fresh, row.input),
    term(tokens.audio, row.input_audio ?? row.input),
    row.cache_read === null ? term(tokens.read, row.input, true) : term(tokens.read, row.cache_read),
    term(tokens.short, row.cache_write ?? row.input),
    term(tokens.long, row.cache_write_1h ?? row.input),
    term(tokens.output, row.output),
  ];
  const sum = terms.reduce((a, b) => ({
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  }));
  return (2n * sum.numerator + sum.denominator) / (2n * sum.denominator);
}

describe('amountOf', () => {
  it('never loses a picodollar, whatever prices, multipliers and tokens', () => {
    fc.assert(
      fc.property(
        tier,
        fc.tuple(multiplier, multiplier),
        fc.record({ fresh: count, audio: count, read: count, short: count, long: count, output: count }),
        (row, factors, tokens) => {
          const line = {
            model: null,
            promptTokens: 0,
            audioInput: tokens.audio,
            tokens: {
              input: tokens.fresh + tokens.audio,
              cacheRead: tokens.read,
              cacheWrite: tokens.short + tokens.long,
              cacheWrite1h: tokens.long,
              output: tokens.output,
              reasoning: 0,
            },
          };
          const { picodollars } = amountOf(line, ratesOf(row, factors));
          const expected = exactly(tokens, row, factors);
          if (picodollars === Infinity) return;
          expect(BigInt(picodollars)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses to add up what a double cannot hold exactly', () => {
    const rates = ratesOf(
      { above: 0, input: '10', cache_read: '1', cache_write: null, cache_write_1h: null, output: '50' },
      [],
    );
    const tokens = { input: 2 ** 40, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };
    expect(amountOf({ model: null, tokens, promptTokens: 0, audioInput: 0 }, rates).picodollars).toBe(Infinity);
  });
});

describe('ratesOf', () => {
  const row = { above: 0, input: '0.000001', cache_read: null, cache_write: null, cache_write_1h: null, output: '0' };

  it('keeps whole numbers by a divisor where a price has decimals below a picodollar', () => {
    expect(ratesOf(row, ['0.5'])).toMatchObject({ divisor: 8, input: 4, cacheRead: 1 });
  });

  it('has the divisor 1 for ordinary prices', () => {
    const rates = ratesOf({ ...row, input: '0.125', cache_read: '0.01', output: '0.50' }, ['0.5', '1.1']);
    expect(rates).toMatchObject({ divisor: 1, input: 68_750, cacheRead: 5_500, output: 275_000 });
  });

  it('bills writes as input where the row has no price for them, and knows no long lifetime where it has one for the short', () => {
    expect(ratesOf({ ...row, input: '2' }, [])).toMatchObject({ cacheWrite: 2_000_000, cacheWrite1h: 2_000_000 });
    expect(ratesOf({ ...row, input: '2', cache_write: '2.5' }, [])).toMatchObject({
      cacheWrite: 2_500_000,
      cacheWrite1h: null,
    });
  });
});
