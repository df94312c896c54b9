import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { estimate, median } from '../statistics.ts';
import { busyTerminal } from './terminals.ts';

/** From the port being bound to the first whole frame, against an empty Node program. All cores may be used. */
export async function firstPaint(bench: Bench): Promise<Measure[]> {
  const empty: number[] = [];
  const painted: number[] = [];
  for (let round = 0; round < bench.plan.dashboard.startUps; round += 1) {
    bench.progress(`dashboard: first paint, round ${round + 1}`);
    empty.push(await bench.emptyProgramMs());
    const proxy = await bench.startWatched(busyTerminal, false);
    painted.push(await proxy.firstPaintMs());
    await proxy.stop();
  }
  const t = median(empty);
  return [
    { name: '`node -e 0` (t)', unit: 'ms', direct: t, bareRelay: null, tokenpak: null, judged: null },
    {
      name: 'bound port to first paint, 0.8 s or 12 t',
      ...{ unit: 'ms', direct: null, bareRelay: null, tokenpak: median(painted) },
      judged: { what: 'ms', estimate: estimate(painted), limit: { kind: 'at most', value: Math.max(800, 12 * t) } },
    },
  ];
}
