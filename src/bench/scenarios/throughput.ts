import type { Bench, Target } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { foreignLimitPercent } from '../processes/foreign.ts';
import { machineCpuMs, processCpuMs } from '../processes/usage.ts';
import { comparedToBare, measureInRounds, medians } from '../rounds.ts';
import { median } from '../statistics.ts';

interface Sample {
  readonly perSecond: number;
  readonly p99: number;
  /** Processor time of the target's process per request. */
  readonly cpuMicros: number;
  /** What the load generator and the mock used of their core, in percent. */
  readonly loadBusy: number;
  /** What other processes used, in percent of one core. */
  readonly foreign: number;
}

const connections = 64;

const loadLimit = 95;

function readCpu(bench: Bench, target: Target) {
  const load = bench.loadPids.reduce((sum, pid) => sum + processCpuMs(pid), 0);
  const ofTarget = processCpuMs(target.pid);
  const ours = bench.loadPids.includes(target.pid) ? load : load + ofTarget;
  return { load, target: ofTarget, foreign: machineCpuMs() - ours };
}

async function sample(bench: Bench, target: Target): Promise<Sample> {
  const before = readCpu(bench, target);
  const until = { ms: bench.plan.closedLoopMs };
  const result = await bench.run({ kind: 'closed-loop', port: target.port, connections, until });
  const after = readCpu(bench, target);
  return {
    perSecond: (result.sentToEach / result.elapsedMs) * 1000,
    p99: result.latency.p99,
    cpuMicros: ((after.target - before.target) / result.sentToEach) * 1000,
    loadBusy: ((after.load - before.load) / result.elapsedMs) * 100,
    foreign: ((after.foreign - before.foreign) / result.elapsedMs) * 100,
  };
}

function checkValidity(bench: Bench, relayed: readonly Sample[]): void {
  const foreign = median(relayed.map((round) => round.foreign));
  const loadBusy = median(relayed.map((round) => round.loadBusy));
  if (foreign > foreignLimitPercent) bench.invalid(`other processes used ${foreign.toFixed(0)} % of a core`);
  if (loadBusy > loadLimit) {
    bench.invalid(`the load's core was ${loadBusy.toFixed(0)} % busy: it was the limit, not the relay`);
  }
}

/** The closed loop: as many requests a second as each target can answer. */
export async function throughput(bench: Bench): Promise<Measure[]> {
  const repetition = { name: 'throughput', rounds: bench.plan.rounds };
  const results = await measureInRounds(bench, repetition, (target) => sample(bench, target));
  checkValidity(bench, [...results.bareRelay, ...results.tokenpak]);

  return [
    comparedToBare(results, {
      name: `requests/s, ${connections} connections, 1 KB`,
      unit: '/s',
      value: (round) => round.perSecond,
      limit: { kind: 'at least', value: 0.6, fault: 0.45 },
    }),
    comparedToBare(results, { name: 'p99 in that closed loop', unit: 'ms', value: (round) => round.p99, limit: null }),
    comparedToBare(results, {
      name: 'processor time per request',
      unit: 'µs',
      value: (round) => round.cpuMicros,
      limit: null,
    }),
    { name: "load's core busy meanwhile", unit: '%', ...medians(results, (round) => round.loadBusy), judged: null },
  ];
}
