import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import type { ToldByProxy } from '../replay.ts';
import { estimate } from '../statistics.ts';
import { busyTerminal } from './terminals.ts';

/** Of each frame, what it may leave behind is a few bytes. */
const grownLimitMb = 2;

/** Whether a screen that is left open grows: as many frames as an hour has, drawn within a minute. */
export async function manyFrames(bench: Bench): Promise<Measure[]> {
  const { frames, settledAfter } = bench.plan.dashboard;
  bench.progress(`dashboard: ${frames} frames`);
  const told = await ask(bench);
  const result = await bench.drawFrames({ told, terminal: busyTerminal, frames, settledAfter });
  const { heapMb, performanceMeasures, updates, msPerFrame } = result;
  if (updates < frames * 0.99) bench.invalid(`of ${frames} frames only ${updates} differed from the one before`);
  const alone = { direct: null, bareRelay: null };
  const counts = [settledAfter, frames].map((count) => count.toLocaleString('en'));
  return [
    {
      ...{ name: `heap, ${counts.join(' and ')} frames`, unit: 'MB', direct: null },
      ...{ bareRelay: heapMb.settled, tokenpak: heapMb.end },
      judged: {
        what: 'MB more',
        estimate: estimate([heapMb.end - heapMb.settled]),
        limit: { kind: 'at most', value: grownLimitMb },
      },
    },
    {
      ...{ name: 'PerformanceMeasure entries left', unit: '', ...alone, tokenpak: performanceMeasures },
      judged: { what: '', estimate: estimate([performanceMeasures]), limit: { kind: 'at most', value: 0 } },
    },
    { name: 'one frame, 140x40', unit: 'ms', ...alone, tokenpak: msPerFrame, judged: null },
  ];
}

/** A proxy of the run has been asked by agents in some sessions, and tells of it. */
async function ask({ run, tokenpak: { port } }: Bench): Promise<ToldByProxy> {
  await run({ kind: 'agents', port, connections: 40, perSecond: 100, requests: 200 });
  const get = async (path: string): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const [stats, health, recent] = await Promise.all([get('/stats'), get('/health'), get('/recent?limit=500')]);
  const { requests } = recent as Pick<ToldByProxy, 'requests'>;
  return { stats, health, requests } as ToldByProxy;
}
