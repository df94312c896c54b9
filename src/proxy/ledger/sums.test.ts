import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome, written } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { RequestRecord } from '../record.ts';
import { totalsFileName } from './checkpoint.ts';
import { type Grouping, sumLedger } from './sums.ts';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

const dayMs = 86_400_000;
const { time } = requestRecord();
const unpriced = { picodollars: null, savedPicodollars: null, unpricedReason: 'unknown_model' } as const;
const cost = (picodollars: number) => ({ picodollars, savedPicodollars: 1, unpricedReason: null }) as const;

/** Writes them with one run that ends. */
async function leave(...records: Partial<RequestRecord>[]): Promise<void> {
  const ledger = await home.open();
  for (const [index, record] of records.entries()) ledger.ended(requestRecord({ id: `tp_${index}`, ...record }));
  await written(ledger);
  await ledger.close();
}

/** Requests and picodollars of each group. */
async function groupsOf(by: Grouping, since = 0): Promise<Record<string, [number, bigint]>> {
  const { groups } = await sumLedger(home.directory, { by, since });
  return Object.fromEntries([...groups].map(([name, sum]) => [String(name), [sum.requests, sum.picodollars]]));
}

describe('the sums over the ledger', () => {
  it('are told apart by any name that a request has', async () => {
    const caller = { address: '', key: 'ci', project: null, session: 's2', agent: 'codex' };
    await leave({}, { caller, model: 'gpt-6', provider: 'openai', cost: cost(5), time: time + dayMs });
    const priced: [number, bigint] = [1, 3_000_000_000n];
    expect(await groupsOf('model')).toEqual({ 'claude-sonnet-4-6': priced, 'gpt-6': [1, 5n] });
    expect(await groupsOf('session')).toEqual({ 'session-1': priced, s2: [1, 5n] });
    expect(await groupsOf('agent')).toEqual({ 'claude-cli/2.1': priced, codex: [1, 5n] });
    expect(await groupsOf('project')).toEqual({ web: priced, null: [1, 5n] });
    expect(await groupsOf('provider')).toEqual({ anthropic: priced, openai: [1, 5n] });
    expect(await groupsOf('key')).toEqual({ null: priced, ci: [1, 5n] });
    expect(Object.keys(await groupsOf('day'))).toHaveLength(2);
    expect(await groupsOf('model', time + 1)).toEqual({ 'gpt-6': [1, 5n] });
  });

  it('leave play money out, and count what has no price', async () => {
    const refused = { cost: unpriced, attempts: [], outcome: 'rejected_rate' as const };
    await leave({ provider: 'loopback' }, { cost: unpriced }, refused, { exactness: 'subscription' });
    const { total } = await sumLedger(home.directory, { by: 'model', since: 0 });
    expect(total).toMatchObject({
      requests: 4,
      playMoney: 1,
      unpriced: 1,
      subscription: 1,
      picodollars: 3_000_000_000n,
    });
  });

  it('are exact far beyond what a number can hold', async () => {
    await leave(...Array.from({ length: 9 }, () => ({ cost: cost(Number.MAX_SAFE_INTEGER) })));
    const { total } = await sumLedger(home.directory, { by: 'model', since: 0 });
    expect(total.picodollars).toBe(9n * BigInt(Number.MAX_SAFE_INTEGER));
  });

  it('take a request that was corrected as it is known now', async () => {
    const ledger = await home.open();
    const estimated = requestRecord({ id: 'tp_1', model: 'gpt-6', exactness: 'estimated', cost: cost(7) });
    ledger.ended(estimated);
    ledger.corrected(requestRecord({ id: 'tp_1', cost: cost(5) }), estimated);
    await written(ledger);
    expect(await groupsOf('model')).toEqual({ 'claude-sonnet-4-6': [1, 5n] });
    await ledger.close();
    expect(await groupsOf('model')).toEqual({ 'claude-sonnet-4-6': [1, 5n] });
  });

  it('count a crashed request once, though two runs have recorded its end', async () => {
    const ledger = await home.open();
    ledger.started(requestRecord({ id: 'tp_1', outcome: null }));
    await written(ledger);
    await (await home.open()).close();
    const [, end] = home.names('.jsonl');
    copyFileSync(join(home.directory, end!), join(home.directory, 'ledger-zzzzzzzz-1.jsonl'));
    const requests = async (): Promise<number> =>
      (await sumLedger(home.directory, { by: 'model', since: 0 })).total.requests;
    expect(await requests()).toBe(1);
    home.forget(totalsFileName);
    expect(await requests()).toBe(1);
    await ledger.close();
  });
});

describe('what retention has removed', () => {
  it('is told by day, model, provider and project, and else in total', async () => {
    await leave({ cost: cost(3), time }, { cost: cost(4), time: time + dayMs });
    home.forget(home.names('.jsonl')[0]!);
    home.clock.advance(1000);
    await leave({ cost: cost(5), time: time + 2 * dayMs });
    expect(await groupsOf('model')).toEqual({ 'claude-sonnet-4-6': [3, 12n] });
    expect(Object.values(await groupsOf('day'))).toEqual([
      [1, 5n],
      [1, 3n],
      [1, 4n],
    ]);
    expect(await groupsOf('session')).toEqual({ 'session-1': [1, 5n] });
    const { total, folded, isFoldedInGroups } = await sumLedger(home.directory, { by: 'session', since: 0 });
    expect(total).toMatchObject({ requests: 3, picodollars: 12n });
    expect(folded).toMatchObject({ totals: { requests: 2, picodollars: 7n } });
    expect(isFoldedInGroups).toBe(false);
    expect(folded!.from < folded!.to).toBe(true);
    // Of the first day only a part is asked for.
    expect(await groupsOf('model', time + 1)).toEqual({ 'claude-sonnet-4-6': [2, 9n] });
  });

  it('adds up with what is there and what the totals do not have yet, whatever is removed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }), fc.nat(4), async (sizes, removed) => {
        home.remove();
        home = ledgerHome();
        for (const size of sizes) {
          await leave(...Array.from({ length: size }, () => ({ cost: cost(10 + size) })));
          home.clock.advance(1000);
        }
        const live = await home.open();
        live.ended(requestRecord({ id: 'tp_live', cost: cost(1) }));
        await written(live);
        const closed = home.names('.jsonl').slice(0, -1);
        if (closed[removed] !== undefined) home.forget(closed[removed]);
        const { total } = await sumLedger(home.directory, { by: 'key', since: 0 });
        expect(total.picodollars).toBe(1n + sizes.reduce((sum, size) => sum + BigInt(size * (10 + size)), 0n));
        await live.close();
      }),
      { numRuns: 15 },
    );
  });

  it('is left out where the totals are of no use', async () => {
    await leave({ cost: cost(3) });
    home.forget(home.names('.jsonl')[0]!);
    const file = join(home.directory, totalsFileName);
    const text = readFileSync(file, 'utf8');
    expect(await groupsOf('model')).not.toEqual({});
    for (const damaged of [
      '',
      '{',
      text.replace('"version":1', '"version":2'),
      text.replace(/"time_zone":"[^"]*"/, '"time_zone":"Mars"'),
    ]) {
      writeFileSync(file, damaged);
      expect(await groupsOf('model')).toEqual({});
    }
  });
});
