import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tokens } from '../usage.ts';
import { costParts, type PricedRequest } from './cost-parts.ts';
import type { PriceFile } from './price-row.ts';
import { priceTable } from './price-table.ts';
import { amountOf } from './rates.ts';

const file = JSON.parse(readFileSync('templates/prices.json', 'utf8')) as PriceFile;
const table = priceTable(file.rows);
const time = Date.UTC(2026, 10, 22, 12);
const tokens: Tokens = {
  input: 1000,
  cacheRead: 3000,
  cacheWrite: 6000,
  cacheWrite1h: 4000,
  output: 500,
  reasoning: 9,
};
const opus: PricedRequest = {
  ...{ provider: 'anthropic', model: 'claude-opus-5-5', time, tokens, mode: null, geo: null },
  // The example that was worked by hand for the whole.
  picodollars: 56_600_000_000,
};

describe('what each class of tokens cost', () => {
  it('comes to the cost of the whole', () => {
    const parts = costParts(table, opus)!;
    expect(parts.map(({ class: name, tokens: count }) => [name, count])).toEqual([
      ['input', 1000],
      ['cache_read', 3000],
      ['cache_write', 2000],
      ['cache_write_1h', 4000],
      ['output', 500],
    ]);
    expect(parts.reduce((sum, { picodollars }) => sum + picodollars, 0)).toBe(56_600_000_000);
  });

  it('is told of classes that were used', () => {
    const some = { ...tokens, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 };
    const input = costParts(table, opus)!.find((part) => part.class === 'input')!.picodollars;
    const output = costParts(table, opus)!.find((part) => part.class === 'output')!.picodollars;
    expect(costParts(table, { ...opus, tokens: some, picodollars: input + output })).toEqual([
      { class: 'input', tokens: 1000, picodollars: input },
      { class: 'output', tokens: 500, picodollars: output },
    ]);
  });

  it.each<[string, Partial<PricedRequest>]>([
    ['its cost is another one: tools were billed, or the price has changed', { picodollars: 56_600_000_001 }],
    ['its cost is not known', { picodollars: null }],
    ['its tokens are not known', { tokens: null }],
    ['its model has no price', { model: 'claude-of-tomorrow' }],
    ['nobody answered', { provider: null, model: null }],
    ['its mode has no price', { mode: 'hurry' }],
    ['its place has no price', { geo: 'moon' }],
  ])('is not told where %s', (_, more) => {
    expect(costParts(table, { ...opus, ...more })).toBeNull();
  });

  it('comes to the cost to the picodollar, of every row, whatever the rounding', () => {
    const count = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(fc.constantFrom(...file.rows), fc.tuple(count, count, count, count), (row, counts) => {
        const [input, cacheRead, cacheWrite, output] = counts;
        const used = { input, cacheRead, cacheWrite, cacheWrite1h: 0, output, reasoning: 0 };
        const priced = table.find(row.provider, row.id, time);
        if (priced === null) return;
        const promptTokens = input + cacheRead + cacheWrite;
        const line = { model: row.id, tokens: used, promptTokens, audioInput: 0 };
        const { picodollars } = amountOf(line, priced.tier(promptTokens).rates('1', '1'));
        const request = { ...opus, provider: row.provider, model: row.id, tokens: used, picodollars };
        const parts = costParts(table, request)!;
        expect(parts.reduce((sum, part) => sum + part.picodollars, 0)).toBe(picodollars);
        expect(parts.every((part) => part.picodollars >= 0 && part.tokens > 0)).toBe(true);
      }),
    );
  });
});
