import { describe, expect, it } from 'vitest';
import { checkPrices } from './check.ts';
import type { PriceFile, PriceRow } from './price-row.ts';

const tier = { above: 0, input: '2', cache_read: '0.10', cache_write: null, cache_write_1h: null, output: '10' };
const row = (id: string, more: Partial<PriceRow> = {}): PriceRow => ({
  provider: 'gemini',
  id,
  from: null,
  to: null,
  tiers: [tier],
  ...more,
});
const file = (...rows: PriceRow[]): PriceFile => ({ version: 1, as_of: '2026-11-22', rows });
const now = Date.UTC(2026, 10, 22, 12);
const checked = (shipped: PriceFile, own: PriceFile | null = null): string[] =>
  checkPrices(shipped, own, now).slice(own ? 2 : 1);

describe('checkPrices', () => {
  it('counts rows and says of when they are', () => {
    expect(checkPrices(file(row('a')), file(row('b')), now)).toEqual([
      'shipped rows: 1, of 2026-11-22',
      'your rows: 1, of 2026-11-22',
    ]);
  });

  it('tells how rows of the user differ from the shipped ones that hold today', () => {
    const shipped = file(
      row('a', { to: '2026-11-01', tiers: [{ ...tier, input: '7' }] }),
      row('a', { from: '2026-11-01' }),
      row('b'),
    );
    const own = file(
      row('a', {
        tiers: [
          { ...tier, input: '3', cache_write: '4' },
          { ...tier, above: 200_000, output: '20' },
        ],
      }),
      row('b', { tiers: [{ ...tier, cache_read: '0.1' }] }),
      row('c'),
    );
    expect(checked(shipped, own)).toEqual([
      'gemini a: your row differs: input 2 → 3, cache_write ? → 4, above 200000 output 10 → 20',
      'gemini b: your row says what the shipped one says',
    ]);
  });

  it('tells what changes within 30 days, and what ends', () => {
    const shipped = file(
      row('doubles', { to: '2026-12-01' }),
      row('doubles', { from: '2026-12-01', tiers: [{ ...tier, input: '4', output: '20' }] }),
      row('ends', { to: '2026-12-22' }),
      row('later', { to: '2026-12-23' }),
      row('over', { to: '2026-11-22' }),
      row('mode', {
        modes: {
          ultrafast: [
            { to: '2026-12-02', multiplier: '3' },
            { from: '2026-12-02', multiplier: '6' },
          ],
        },
      }),
    );
    expect(checked(shipped)).toEqual([
      'gemini doubles: changes on 2026-12-01: input 2 → 4, output 10 → 20',
      'gemini ends: no price is known from 2026-12-22 on',
      'gemini mode: the mode ultrafast costs 6 times the price from 2026-12-02 on',
    ]);
  });

  it('tells nothing of shipped rows that the user has replaced', () => {
    expect(checked(file(row('a', { to: '2026-12-01' })), file(row('a')))).toEqual([
      'gemini a: your row says what the shipped one says',
    ]);
  });
});
