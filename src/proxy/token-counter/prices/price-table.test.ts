import { describe, expect, it } from 'vitest';
import type { PriceRow } from './price-row.ts';
import { priceTable } from './price-table.ts';

const tier = { above: 0, input: '1', cache_read: '0.1', cache_write: null, cache_write_1h: null, output: '5' };
const row = (id: string, more: Partial<PriceRow> = {}): PriceRow => ({
  provider: 'anthropic',
  id,
  from: null,
  to: null,
  tiers: [tier],
  ...more,
});
const now = Date.UTC(2026, 10, 22);

describe('priceTable', () => {
  const table = priceTable([row('claude-sonnet-5'), row('claude-sonnet-4', { aliases: ['claude-sonnet-4-0'] })]);

  it.each([
    'claude-sonnet-5',
    'claude-sonnet-5-20260901',
    'claude-sonnet-5-2026-09-01',
    'claude-sonnet-4-0',
    'claude-sonnet-4-20250514',
  ])('knows %s', (model) => {
    expect(table.find('anthropic', model, now)).not.toBeNull();
  });

  it.each([
    'claude-sonnet-5-5',
    'claude-sonnet-5-latest',
    'claude-sonnet-5-2026',
    'claude-sonnet-5-20261399',
    'claude-sonnet-5-20260901-v2',
    'claude-sonnet-4-0-20250514',
    'claude-sonnet-',
    'xclaude-sonnet-5',
    'CLAUDE-SONNET-5',
    '',
  ])('does not take %j for a model whose name it only resembles', (model) => {
    expect(table.find('anthropic', model, now)).toBeNull();
  });

  it('knows a model only with its own provider', () => {
    expect(table.find('openrouter', 'claude-sonnet-5', now)).toBeNull();
    expect(table.knows('openrouter')).toBe(false);
    expect(table.knows('anthropic')).toBe(true);
  });

  it('changes a price at midnight UTC of its day, to the millisecond', () => {
    const dated = priceTable([
      row('m', { to: '2026-12-01', tiers: [{ ...tier, input: '2' }] }),
      row('m', { from: '2026-12-01', tiers: [{ ...tier, input: '4' }] }),
    ]);
    const input = (wallMs: number) => dated.find('anthropic', 'm', wallMs)?.tier(1).row.input;
    expect(input(Date.UTC(2026, 11, 1) - 1)).toBe('2');
    expect(input(Date.UTC(2026, 11, 1))).toBe('4');
  });

  it('knows no price before the first row and behind the last', () => {
    const dated = priceTable([row('m', { from: '2026-01-01', to: '2026-02-01' })]);
    expect(dated.find('anthropic', 'm', Date.UTC(2025, 11, 31, 23, 59, 59, 999))).toBeNull();
    expect(dated.find('anthropic', 'm', Date.UTC(2026, 0, 31))).not.toBeNull();
    expect(dated.find('anthropic', 'm', Date.UTC(2026, 1, 1))).toBeNull();
  });

  it('moves to a higher tier strictly above its number', () => {
    const model = priceTable([
      row('m', { tiers: [tier, { ...tier, above: 100, input: '3' }, { ...tier, above: 200, input: '9' }] }),
    ]).find('anthropic', 'm', now);
    expect([0, 100, 101, 200, 201].map((prompt) => model?.tier(prompt).row.input)).toEqual(['1', '1', '3', '3', '9']);
  });

  it('knows a mode by its day, and none whose price is null', () => {
    const modes = {
      fast: '2',
      priority: null,
      ultrafast: [
        { to: '2027-03-01', multiplier: '3' },
        { from: '2027-03-01', multiplier: '6', estimated: true },
      ],
    };
    const model = priceTable([row('m', { modes })]).find('anthropic', 'm', now);
    expect(model?.mode('fast', now)).toMatchObject({ multiplier: '2', estimated: false });
    expect(model?.mode('priority', now)).toBeNull();
    expect(model?.mode('other', now)).toBeNull();
    expect(model?.mode('ultrafast', Date.UTC(2027, 2, 1) - 1)).toMatchObject({ multiplier: '3' });
    expect(model?.mode('ultrafast', Date.UTC(2027, 2, 1))).toMatchObject({ multiplier: '6', estimated: true });
  });

  it('lets only demo rows stand for names that go on behind theirs, the longest first', () => {
    const demo = priceTable([
      row('loopback', { demo: true }),
      row('loopback-fast', { demo: true, tiers: [{ ...tier, input: '7' }] }),
    ]);
    const input = (model: string) => demo.find('anthropic', model, now)?.tier(1).row.input;
    expect(input('loopback-delay5')).toBe('1');
    expect(input('loopback-fast-tokens9')).toBe('7');
    expect(input('loopbackx')).toBeUndefined();
    expect(demo.isDemo('anthropic')).toBe(true);
    expect(table.isDemo('anthropic')).toBe(false);
  });
});
