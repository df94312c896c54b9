import { describe, expect, it } from 'vitest';
import { checkRows, parsePriceFile } from './price-file.ts';

const tier = { above: 0, input: '1', cache_read: null, cache_write: null, cache_write_1h: null, output: '2' };
const row = { provider: 'p', id: 'm', from: null, to: null, tiers: [tier] };

describe('checkRows', () => {
  it.each([
    ['a price with seven decimals', { ...row, tiers: [{ ...tier, input: '0.0000001' }] }, 'tiers.0.input'],
    ['a negative price', { ...row, tiers: [{ ...tier, output: '-1' }] }, 'tiers.0.output'],
    ['a price in exponents', { ...row, tiers: [{ ...tier, output: '1e3' }] }, 'tiers.0.output'],
    ['no tier', { ...row, tiers: [] }, 'tiers'],
    ['a first tier above a number', { ...row, tiers: [{ ...tier, above: 5 }] }, 'tiers'],
    ['tiers out of order', { ...row, tiers: [tier, { ...tier, above: 9 }, { ...tier, above: 9 }] }, 'tiers'],
    ['a day that does not exist', { ...row, from: '2026-02-30' }, 'from'],
    ['an end before the beginning', { ...row, from: '2026-02-02', to: '2026-02-02' }, 'to'],
    ['a member that it does not know', { ...row, price: '1' }, 'Unrecognized'],
    ['no object', 7, 'Invalid input'],
  ])('refuses %s', (_, candidate, complaint) => {
    const { rows, problems } = checkRows([candidate, { ...row, id: 'other' }]);
    expect(rows).toHaveLength(1);
    expect(problems.join()).toContain(complaint);
  });

  it('refuses two rows of one model that hold at the same time, and takes them one after the other', () => {
    const first = { ...row, to: '2026-06-01' };
    expect(checkRows([first, { ...row, from: '2026-06-01' }]).problems).toEqual([]);
    expect(checkRows([first, { ...row, from: '2026-05-31' }]).problems).toEqual([
      'row 2 (p m): another row holds in the same time',
    ]);
    expect(checkRows([row, { ...row, provider: 'q' }]).problems).toEqual([]);
  });
});

describe('parsePriceFile', () => {
  it('refuses a file of another version', () => {
    expect(parsePriceFile('{"version":2,"as_of":"2026-11-22","rows":[]}').problems.join()).toContain('version');
  });

  it('refuses what is no object of rows', () => {
    for (const text of ['[]', 'null', '{"version":1,"as_of":"2026-11-22"}']) {
      expect(parsePriceFile(text).problems).not.toEqual([]);
    }
  });
});
