import { setTimeout } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { mainThreadCpuMs } from '../processes/usage.ts';
import { estimate, median } from '../statistics.ts';
import { calmTerminal } from './terminals.ts';

/** Fills the list of requests, so that each that comes moves one out. */
const warmUp = { perSecond: 10, requests: 60 };
const settleMs = 5000;

/** The small screen: what one request a second writes to it, and what it costs while there is none. */
export async function calmScreen(bench: Bench): Promise<Measure[]> {
  const seconds = bench.plan.dashboard.calmSeconds;
  const proxy = await bench.startWatched(calmTerminal, true);
  const { port, pid } = proxy;
  const send = (rate: { readonly perSecond: number; readonly requests: number }) =>
    bench.run({ kind: 'agents', port, connections: 3, ...rate });
  bench.progress('dashboard: one request a second');
  await send(warmUp);
  await setTimeout(settleMs);
  proxy.takeUpdates();
  await send({ perSecond: 1, requests: seconds });
  const bytes = median(proxy.takeUpdates());
  bench.progress('dashboard: idle');
  await setTimeout(settleMs);
  proxy.takeUpdates();
  const [before, startedAt] = [mainThreadCpuMs(pid), performance.now()];
  await setTimeout(seconds * 1000);
  const elapsedMs = performance.now() - startedAt;
  const idle = ((mainThreadCpuMs(pid) - before) / elapsedMs) * 100;
  const idleUpdates = (proxy.takeUpdates().length / elapsedMs) * 1000;
  await proxy.stop();
  return [
    measure({ name: 'median update, 80x24 at 1/s', unit: 'bytes', value: bytes, limit: 600 }),
    measure({ name: 'main thread, 80x24 idle', unit: '% of a core', value: idle, limit: 2 }),
    measure({ name: 'updates of the same', unit: '/s', value: idleUpdates, limit: null }),
  ];
}

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly limit: number | null;
}

function measure({ name, unit, value, limit }: Figure): Measure {
  const judged =
    limit === null
      ? null
      : ({ what: unit, estimate: estimate([value]), limit: { kind: 'at most', value: limit } } as const);
  return { name, unit, direct: null, bareRelay: null, tokenpak: value, judged };
}
