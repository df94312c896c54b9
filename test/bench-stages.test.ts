import { afterEach, describe, expect, it } from 'vitest';
import type * as AccountingModule from '../src/bench/accounting.ts';
import type * as ChildrenModule from '../src/bench/processes/children.ts';
import type * as MeasureModule from '../src/bench/measure.ts';
import type * as PlanModule from '../src/bench/plan.ts';
import type * as SessionModule from '../src/bench/session.ts';
import type * as StagesModule from '../src/bench/scenarios/stages.ts';

// The built benchmark, since its processes can only be started from compiled files.
const bench = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../dist/bench/${file}`, import.meta.url).href)) as T;
const { accountingFault } = await bench<typeof AccountingModule>('accounting.js');
const { createChildren } = await bench<typeof ChildrenModule>('processes/children.js');
const { judgementOf } = await bench<typeof MeasureModule>('measure.js');
const { planFor } = await bench<typeof PlanModule>('plan.js');
const { openSession } = await bench<typeof SessionModule>('session.js');
const { stages } = await bench<typeof StagesModule>('scenarios/stages.js');

let children: ChildrenModule.Children;
afterEach(() => children.end());

async function session(): Promise<SessionModule.Session> {
  children = createChildren();
  const plan = { ...planFor({ quick: true, rounds: null }), stageShare: 0.005 };
  const quiet = { invalid: () => undefined, progress: () => undefined };
  return openSession({ plan, children, cores: null, ...quiet });
}

describe('users who come and go, each with an access key in the path', () => {
  it('are all answered, and each request is in /stats and in the ledger', async () => {
    const { bench, close } = await session();
    const measures = await stages(bench);
    // Times are the benchmark's to judge, on a machine that does nothing else.
    const replies = measures.filter(({ unit }) => unit === '%' || unit === 'replies');
    expect(replies.map(judgementOf)).toEqual(['pass', 'pass', null, 'pass', 'pass', null, 'pass', 'pass', null]);
    const accounting = await close();
    expect(accounting.sent).toBeGreaterThan(100);
    expect(accountingFault(accounting)).toBeNull();
  });

  it('miss the target if their key is used up', async () => {
    const { bench, close } = await session();
    const createKey = (): Promise<string> => bench.createKey(['--limits', 'requests=50/h']);
    const measures = await stages({ ...bench, createKey });
    const named = (name: string) => measures.filter((measure) => measure.name === name).map(judgementOf);
    expect(named('refused or failed')).toEqual(['fail', 'fail', 'fail']);
    expect(named('neither 200 nor 429')).toEqual(['pass', 'pass', 'pass']);
    expect(accountingFault(await close())).toBeNull();
  });
});
