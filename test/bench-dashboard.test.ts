import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as ChildrenModule from '../src/bench/processes/children.ts';
import type * as FirstPaintModule from '../src/bench/scenarios/first-paint.ts';
import type * as ManyFramesModule from '../src/bench/scenarios/many-frames.ts';
import type * as MeasureModule from '../src/bench/measure.ts';
import type * as PlanModule from '../src/bench/plan.ts';
import type * as SessionModule from '../src/bench/session.ts';
import type * as WatchedModule from '../src/bench/watched-tokenpak.ts';

// The built benchmark, since its processes can only be started from compiled files.
const bench = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../dist/bench/${file}`, import.meta.url).href)) as T;
const { createChildren } = await bench<typeof ChildrenModule>('processes/children.js');
const { judgementOf } = await bench<typeof MeasureModule>('measure.js');
const { planFor } = await bench<typeof PlanModule>('plan.js');
const { openSession } = await bench<typeof SessionModule>('session.js');
const { firstPaint } = await bench<typeof FirstPaintModule>('scenarios/first-paint.js');
const { manyFrames } = await bench<typeof ManyFramesModule>('scenarios/many-frames.js');
const { hasTerminals } = await bench<typeof WatchedModule>('watched-tokenpak.js');

const usual = planFor({ quick: true, rounds: null, only: 'dashboard' });
const plan = { ...usual, dashboard: { ...usual.dashboard, startUps: 1, frames: 120, settledAfter: 60 } };

const children = createChildren();
const invalid: string[] = [];
let session: SessionModule.Session;
beforeAll(async () => {
  const quiet = { invalid: (reason: string) => void invalid.push(reason), progress: () => undefined };
  session = await openSession({ plan, children, cores: null, ...quiet });
}, 60_000);
afterAll(async () => {
  await session.close();
  children.end();
});

const named = (measures: readonly MeasureModule.Measure[], part: string): MeasureModule.Measure => {
  const found = measures.find(({ name }) => name.includes(part));
  if (found === undefined) throw new Error(`no measure is named ${part}`);
  return found;
};

describe('many frames of the dashboard', () => {
  it('differ from one another, leave no entries behind, and have their heap measured', async () => {
    const measures = await manyFrames(session.bench);
    expect(invalid).toEqual([]);
    expect(judgementOf(named(measures, 'PerformanceMeasure'))).toBe('pass');
    expect(named(measures, 'heap').tokenpak).toBeGreaterThan(1);
  }, 60_000);
});

// Times are the benchmark's to judge, on a machine that does nothing else.
describe.runIf(hasTerminals())('the dashboard on a terminal', () => {
  it('is seen to paint after its port is bound', async () => {
    const measures = await firstPaint(session.bench);
    expect(named(measures, 'first paint').tokenpak).toBeGreaterThan(0);
  }, 60_000);
});
