import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sum } from '../proxy/ledger/index.ts';
import { costCsv } from './cost-csv.ts';
import { costJson } from './cost-json.ts';
import { costLines } from './cost-lines.ts';
import { type CostReport, costRows, type CostRow } from './cost-rows.ts';
import { exactDollars } from './money.ts';

const sum = (changes: Partial<Sum> = {}): Sum => ({
  requests: 2,
  errors: 0,
  tokens: { input: 1000, cacheRead: 8000, cacheWrite: 1000, cacheWrite1h: 0, output: 400, reasoning: 0 },
  picodollars: 1_500_000_000_000n,
  savedPicodollars: 250_000_000_000n,
  unpriced: 0,
  estimated: 0,
  playMoney: 0,
  subscription: 0,
  ...changes,
});
const report = (changes: Partial<CostReport> = {}): CostReport => ({
  since: new Date(2026, 10, 22).getTime(),
  until: new Date(2026, 10, 22, 12).getTime(),
  by: 'model',
  rows: [{ name: 'claude', sum: sum() }],
  total: sum(),
  folded: null,
  isFoldedInRows: false,
  pricesAsOf: '2026-11-20',
  ...changes,
});

describe('what requests cost, as a table', () => {
  it('has a row for each, a total and where the prices come from', () => {
    expect(costLines(report())).toEqual([
      'model  requests     new  cached written     out       cost      saved cache',
      'claude        2    1.0k    8.0k    1.0k     400      $1.50    $0.2500   80%',
      'total         2    1.0k    8.0k    1.0k     400      $1.50    $0.2500   80%',
      'estimate from list prices of 2026-11-20',
    ]);
  });

  it('never shows a price that is not known as 0', () => {
    const unpriced = sum({ unpriced: 2, picodollars: 0n, savedPicodollars: 0n });
    const [, row, total] = costLines(
      report({ rows: [{ name: 'new-model', sum: unpriced }], total: sum({ requests: 4, unpriced: 2 }) }),
    );
    expect(row).toMatch(/ \? +\? +80% {2}\+ 2 unpriced$/u);
    expect(total).toMatch(/ \$1\.50 +\$0\.2500 +80% {2}\+ 2 unpriced$/u);
  });

  it('says what is not the whole truth', () => {
    const lines = costLines(
      report({ total: sum({ estimated: 1, subscription: 1200, playMoney: 3 }), pricesAsOf: null }),
    );
    expect(lines.at(-1)).toBe(
      'estimate from list prices; 1.2k requests of a subscription shown at API list price; ' +
        '1 request with tokens counted here; 3 requests to the built-in provider cost nothing real',
    );
    const play = sum({ playMoney: 2, picodollars: 0n, savedPicodollars: 0n });
    expect(costLines(report({ rows: [{ name: 'loopback-fast', sum: play }] }))[1]).toMatch(/ - +- +80%$/u);
    expect(costLines(report({ rows: [], total: sum({ requests: 0 }) }))).toEqual([
      'no requests since 2026-11-22 00:00',
    ]);
  });

  it('shows what only daily totals know in a row of its own, unless they know it by name', () => {
    const folded = { from: '2026-08-01', to: '2026-08-03', totals: sum({ requests: 7 }) };
    const lines = costLines(report({ by: 'session', folded, total: sum({ requests: 9 }) }));
    expect(lines[2]).toMatch(/^\(2026-08-01 to 2026-08-03\) +7 /u);
    expect(lines.at(-1)).toContain('2026-08-01 to 2026-08-03 are no longer kept: known only in total');
    const named = costLines(report({ folded, isFoldedInRows: true }));
    expect(named).toHaveLength(5);
    expect(named.at(-1)).toContain('counted in from the daily totals');
  });

  it('keeps its columns, whatever a client calls itself', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('\u001B[2J', '日本語'.repeat(20)),
    );
    fc.assert(
      fc.property(name, (text) => {
        const [, row, total] = costLines(report({ rows: [{ name: text, sum: sum() }] }));
        expect(row).not.toMatch(/[\p{Cc}\u202E]/u);
        expect(row!.slice(-69)).toBe(total!.slice(-69));
      }),
    );
  });
});

describe('the order of rows', () => {
  const rows: CostRow[] = [
    { name: '2026-11-21', sum: sum() },
    { name: '2026-11-20', sum: sum({ picodollars: 1n }) },
    { name: null, sum: sum({ picodollars: 2n }) },
  ];
  const sums = {
    groups: new Map(rows.map(({ name, sum: of }) => [name, of])),
    total: sum(),
    folded: null,
    isFoldedInGroups: true,
  };

  it('has the dearest first, and days as they come', () => {
    expect(costRows(sums, 'model').map(({ name }) => name)).toEqual(['2026-11-21', null, '2026-11-20']);
    expect(costRows(sums, 'day').map(({ name }) => name)).toEqual([null, '2026-11-20', '2026-11-21']);
  });
});

describe('what requests cost, as CSV', () => {
  const nameIn = (name: string | null): string =>
    costCsv(report({ rows: [{ name, sum: sum() }] }))[1]!.replace(/,2,0,1000,.*$/u, '');

  it('has a header and exact dollars', () => {
    expect(costCsv(report())).toEqual([
      'model,requests,errors,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,cost_usd,saved_usd,prompt_cache_ratio,unpriced,estimated,subscription,play_money',
      'claude,2,0,1000,8000,1000,400,1.5,0.25,0.8000,0,0,0,0',
    ]);
  });

  it.each([
    ['=cmd|calc', "'=cmd|calc"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+1,2', `"'+1,2"`],
    ['\t=1', "' =1"],
    ['-', "'-"],
    ['say "hi"', '"say ""hi"""'],
    ['a\nb', 'a b'],
    ['claude-sonnet', 'claude-sonnet'],
    [null, ''],
  ])('writes the name %j as %j', (name, field) => expect(nameIn(name)).toBe(field));

  it('leaves what is not known empty', () => {
    const unpriced = sum({
      unpriced: 2,
      picodollars: 0n,
      savedPicodollars: 0n,
      tokens: { ...sum().tokens, input: 0, cacheRead: 0, cacheWrite: 0 },
    });
    expect(costCsv(report({ rows: [{ name: 'm', sum: unpriced }] }))[1]).toBe('m,2,0,0,0,0,400,,,,2,0,0,0');
    const folded = { from: '2026-08-01', to: '2026-08-01', totals: sum() };
    expect(costCsv(report({ folded }))[2]).toBe('(daily totals),2,0,1000,8000,1000,400,1.5,0.25,0.8000,0,0,,');
  });

  it('writes dollars without rounding', () => {
    expect([0n, 1n, -1n, 10n ** 12n, -15n * 10n ** 11n].map(exactDollars)).toEqual([
      ...['0', '0.000000000001', '-0.000000000001', '1', '-1.5'],
    ]);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (amount) => {
        const [whole = '', fraction = ''] = exactDollars(amount).split('.');
        expect(BigInt(whole.replace('-0', '-') + fraction.padEnd(12, '0'))).toBe(amount);
      }),
    );
  });
});

describe('what requests cost, as JSON', () => {
  it('has the sums as /stats has them', () => {
    const folded = { from: '2026-08-01', to: '2026-08-02', totals: sum() };
    expect(costJson(report({ folded, rows: [{ name: null, sum: sum({ unpriced: 1 }) }] }))).toMatchObject({
      version: 1,
      by: 'model',
      prices_as_of: '2026-11-20',
      rows: [{ name: null, requests: 2, cost_usd: 1.5, cost_picodollars: '1500000000000', unpriced: 1 }],
      total: { tokens: { cache_read: 8000 }, prompt_cache_ratio: 0.8, play_money: 0 },
      folded: { from: '2026-08-01', to: '2026-08-02', in_rows: false, requests: 2 },
    });
  });
});
