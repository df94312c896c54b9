import type { Bench, Target } from '../bench.ts';
import { planFor } from '../plan.ts';
import { createChildren } from '../processes/children.ts';
import { chooseCores } from '../processes/cores.ts';
import { foreignLimitPercent, watchForeign } from '../processes/foreign.ts';
import { processCpuMs } from '../processes/usage.ts';
import { accountingFault } from '../accounting.ts';
import { inTurn } from '../rounds.ts';
import { openSession } from '../session.ts';
import { median } from '../statistics.ts';
import type { Half, Pair } from './ratios.ts';

export interface MeasuredPairs {
  readonly pairs: readonly Pair[];
  /** Why they say nothing; empty where they do. */
  readonly invalid: readonly string[];
}

const connections = 100;
const warmUpMs = 2500;
const halfMs = 1500;
const turns = 12;
const requestsPerTurn = 40;

interface Loaded {
  readonly cpuMicros: number;
  readonly p99Ms: number;
  readonly foreignPercent: number;
}

/** 100 requests always on their way. */
async function loaded(bench: Bench, { port, pid }: Target, isPinned: boolean): Promise<Loaded> {
  const foreign = watchForeign([...bench.loadPids, bench.bareRelay.pid, bench.tokenpak.pid]);
  const cpuBefore = processCpuMs(pid);
  const { sentToEach, latency } = await bench.run({ kind: 'closed-loop', port, connections, until: { ms: halfMs } });
  const cpuMs = processCpuMs(pid) - cpuBefore;
  return {
    cpuMicros: isPinned ? (cpuMs / sentToEach) * 1000 : NaN,
    p99Ms: latency.p99,
    foreignPercent: foreign(),
  };
}

interface MeasuredPair extends Pair {
  readonly foreignPercent: number;
}

/** Each pair begins with the other relay, so that none always comes first. */
async function measurePair(bench: Bench, round: number, isPinned: boolean): Promise<MeasuredPair> {
  const order = inTurn([bench.bareRelay, bench.tokenpak], round);
  const underLoad = new Map<Target, Loaded>();
  for (const target of order) underLoad.set(target, await loaded(bench, target, isPinned));
  const ports = order.map(({ port }) => port);
  const alone = { kind: 'turns', ports, bodyBytes: 1024, streamed: false, turns, requestsPerTurn } as const;
  const { latencies } = await bench.run(alone);
  const half = (target: Target): Half => {
    const { cpuMicros = NaN, p99Ms = NaN } = underLoad.get(target) ?? {};
    return { cpuMicros, p99Ms, p50Ms: latencies[order.indexOf(target)]?.p50 ?? NaN };
  };
  const foreignPercent = median([...underLoad.values()].map((found) => found.foreignPercent));
  return { bareRelay: half(bench.bareRelay), tokenpak: half(bench.tokenpak), foreignPercent };
}

/** Starts all processes anew, warms them up and measures so many pairs. Takes about four seconds a pair. */
export async function measurePairs(count: number, progress: (text: string) => void): Promise<MeasuredPairs> {
  const cores = chooseCores();
  const children = createChildren();
  const invalid: string[] = [];
  try {
    const plan = planFor({ quick: true, rounds: null });
    const tell = { invalid: (reason: string) => void invalid.push(reason), progress };
    const { bench, close } = await openSession({ plan, children, cores, ...tell });
    for (const { port } of [bench.bareRelay, bench.tokenpak]) {
      progress('warming up');
      await bench.run({ kind: 'closed-loop', port, connections, until: { ms: warmUpMs } });
    }
    const pairs: MeasuredPair[] = [];
    for (let round = 0; round < count; round += 1) {
      progress(`pair ${round + 1} of ${count}`);
      pairs.push(await measurePair(bench, round, cores !== null));
    }
    const foreign = median(pairs.map(({ foreignPercent }) => foreignPercent));
    if (foreign > foreignLimitPercent) invalid.push(`other processes used ${foreign.toFixed(0)} % of a core`);
    const fault = accountingFault(await close());
    if (fault !== null) throw new Error(fault);
    return { pairs, invalid };
  } finally {
    children.end();
  }
}
