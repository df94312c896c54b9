import { countedByStats } from '../accounting.ts';
import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { mainThreadCpuMs, processCpuMs } from '../processes/usage.ts';
import { inTurn } from '../rounds.ts';
import { estimate, median, type Summary } from '../statistics.ts';
import type { WatchedTokenpak } from '../watched-tokenpak.ts';
import { busyTerminal } from './terminals.ts';

const perSecond = 25;
/** Faster, so that the compiler has seen what is measured. */
const warmUp = { perSecond: 150, requests: 900 };
/** What the warm-up has left is on the screen for some frames. */
const settleSeconds = 4;
/** Sent later than this at p99 in most halves, and the generator itself is what was measured. */
const latenessLimitMs = 5;

/** One half of a pair. */
interface Period {
  /** What the proxy itself says it took, in ms. */
  readonly overhead: Summary;
  /** To the first byte of a stream or the end of another answer, in ms. */
  readonly latency: Summary;
  /** How late the requests were sent, in ms: our own fault. */
  readonly latenessP99: number;
  /** Per cent of one core. */
  readonly cpu: { readonly mainThread: number; readonly process: number };
  /** Bytes of each. */
  readonly updates: readonly number[];
  readonly updatesPerSecond: number;
}

export interface Pair {
  readonly off: Period;
  readonly on: Period;
}

/**
 * The same load on a proxy with its screen and on one without, one after the other, in turn. Each is started for its own
 * period: a screen draws when nothing happens, too, and would disturb the other one.
 */
export async function screenPairs(bench: Bench): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < bench.plan.rounds; round += 1) {
    const pair: Partial<Record<keyof Pair, Period>> = {};
    for (const name of inTurn(['on', 'off'] as const, round)) {
      bench.progress(`dashboard, pair ${round + 1} of ${bench.plan.rounds}: screen ${name}`);
      const proxy = await bench.startWatched(name === 'on' ? busyTerminal : null, true);
      pair[name] = await measurePeriod(bench, proxy);
      await proxy.stop();
    }
    pairs.push(pair as Pair);
  }
  const lateness = median(pairs.flatMap(({ on, off }) => [on.latenessP99, off.latenessP99]));
  if (lateness > latenessLimitMs) bench.invalid(`the load was sent ${lateness.toFixed(1)} ms late at p99`);
  return pairs;
}

async function measurePeriod(bench: Bench, proxy: WatchedTokenpak): Promise<Period> {
  const { port, pid } = proxy;
  const send = (rate: { readonly perSecond: number; readonly requests: number }) =>
    bench.run({ kind: 'agents', port, connections: 20, ...rate });
  const warm = await send(warmUp);
  const settled = await send({ perSecond, requests: perSecond * settleSeconds });
  proxy.takeUpdates();
  const [mainBefore, processBefore, startedAt] = [mainThreadCpuMs(pid), processCpuMs(pid), performance.now()];
  const load = await send({ perSecond, requests: perSecond * bench.plan.dashboard.busySeconds });
  const elapsedMs = performance.now() - startedAt;
  const updates = proxy.takeUpdates();
  const share = (cpuMs: number): number => (cpuMs / elapsedMs) * 100;
  const cpu = {
    mainThread: share(mainThreadCpuMs(pid) - mainBefore),
    process: share(processCpuMs(pid) - processBefore),
  };
  await checkCount(bench, port, warm.sentToEach + settled.sentToEach + load.sentToEach);
  return {
    overhead: load.overhead,
    latency: load.latency,
    latenessP99: load.lateness.p99,
    cpu,
    updates,
    updatesPerSecond: (updates.length / elapsedMs) * 1000,
  };
}

async function checkCount(bench: Bench, port: number, sent: number): Promise<void> {
  const counted = await countedByStats(port, sent);
  if (counted !== sent)
    bench.invalid(`${sent} requests were sent to a proxy of the dashboard; /stats has counted ${counted}`);
}

const atMost = (value: number) => ({ kind: 'at most', value }) as const;

/** In the report, the screen off stands in the place of the bare relay. */
export function pairMeasures(pairs: readonly Pair[]): Measure[] {
  const both = (name: string, unit: string, of: (period: Period) => number): Omit<Measure, 'judged'> => ({
    ...{ name, unit, direct: null },
    bareRelay: median(pairs.map(({ off }) => of(off))),
    tokenpak: median(pairs.map(({ on }) => of(on))),
  });
  const more = (of: (period: Period) => number) => estimate(pairs.map(({ on, off }) => of(on) - of(off)));
  const onScreen = (of: (period: Period) => number) => estimate(pairs.map(({ on }) => of(on)));
  const p99 = ({ overhead }: Period): number => overhead.p99;
  const p50 = ({ overhead }: Period): number => overhead.p50;
  const seenP99 = ({ latency }: Period): number => latency.p99;
  const seenP50 = ({ latency }: Period): number => latency.p50;
  const mainThread = ({ cpu }: Period): number => cpu.mainThread;
  const bytes = ({ updates }: Period): number => median(updates);
  const what = 'ms more with it';
  return [
    {
      ...both('overhead p99, screen off and on, 25/s', 'ms', p99),
      judged: { what, estimate: more(p99), limit: atMost(3) },
    },
    { ...both('overhead p50 of the same', 'ms', p50), judged: { what, estimate: more(p50), limit: atMost(0.05) } },
    {
      ...both("p99 of the same, the client's view", 'ms', seenP99),
      judged: { what, estimate: more(seenP99), limit: null },
    },
    {
      ...both("p50 of the same, the client's view", 'ms', seenP50),
      judged: { what, estimate: more(seenP50), limit: null },
    },
    {
      ...both('main thread, 140x40 busy', '% of a core', mainThread),
      judged: { what: '% with it', estimate: onScreen(mainThread), limit: atMost(10) },
    },
    { ...both('all threads of the same', '% of a core', ({ cpu }) => cpu.process), judged: null },
    {
      ...both('median update, 140x40 at 25/s', 'bytes', bytes),
      bareRelay: null,
      judged: { what: 'bytes', estimate: onScreen(bytes), limit: atMost(4096) },
    },
    { ...both('updates of the same', '/s', ({ updatesPerSecond }) => updatesPerSecond), judged: null },
  ];
}
