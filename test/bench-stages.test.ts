import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const plan = { ...planFor({ quick: true, rounds: null }), stageShare: 0.005 };
const quiet = { invalid: () => undefined, progress: () => undefined };

const children = createChildren();
let far: MeasureModule.Measure[];
let near: MeasureModule.Measure[];
let accounting: AccountingModule.Accounting;
beforeAll(async () => {
  const { bench, close } = await openSession({ plan, children, cores: null, ...quiet });
  far = await stages(bench);
  near = await stages({ ...bench, createKey: () => bench.createKey(['--limits', 'requests=50/h']) });
  accounting = await close();
}, 60_000);
afterAll(() => children.end());

// Times are the benchmark's to judge, on a machine that does nothing else.
const judged = (measures: readonly MeasureModule.Measure[], name: string) =>
  measures.filter((measure) => measure.name === name).map(judgementOf);

describe('users who come and go, each with an access key in the path', () => {
  it('are all answered', () => {
    expect(judged(far, 'refused or failed')).toEqual(['pass', 'pass', 'pass']);
    expect(judged(far, 'neither 200 nor 429')).toEqual(['pass', 'pass', 'pass']);
  });

  it('miss the target where their key is used up', () => {
    expect(judged(near, 'refused or failed')).toEqual(['fail', 'fail', 'fail']);
    expect(judged(near, 'neither 200 nor 429')).toEqual(['pass', 'pass', 'pass']);
  });

  it('are all counted, in /stats and in the ledger', () => {
    expect(accounting.sent).toBeGreaterThan(200);
    expect(accountingFault(accounting)).toBeNull();
  });
});
