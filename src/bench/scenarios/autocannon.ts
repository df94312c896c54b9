import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { processCpuMs } from '../processes/usage.ts';
import { comparedToBare, measureInRounds } from '../rounds.ts';

interface Sample {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

const connections = 64;

/**
 * The closed loop once more, by a load generator that is not ours. autocannon itself can be slower than the relays: then
 * its rates are alike, and the processor time that each relay needs for a request is what tells them apart.
 */
export async function autocannon(bench: Bench): Promise<Measure[]> {
  const requests = bench.plan.autocannonRequests;
  const repetition = { name: 'autocannon', rounds: bench.plan.autocannonRounds };
  const results = await measureInRounds(bench, repetition, async ({ port, pid }): Promise<Sample> => {
    const cpuMs = processCpuMs(pid);
    const { elapsedMs } = await bench.run({ kind: 'autocannon', port, connections, requests });
    return {
      perSecond: (requests / elapsedMs) * 1000,
      cpuMicros: ((processCpuMs(pid) - cpuMs) / requests) * 1000,
    };
  });
  return [
    comparedToBare(results, {
      name: `autocannon closed loop, ${connections} connections`,
      unit: '/s',
      value: (round) => round.perSecond,
      limit: null,
    }),
    comparedToBare(results, {
      name: 'processor time per request in it',
      unit: 'µs',
      value: (round) => round.cpuMicros,
      limit: null,
    }),
  ];
}
