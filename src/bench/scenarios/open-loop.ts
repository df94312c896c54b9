import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { measureInRounds, medians } from '../rounds.ts';
import { estimate, median } from '../statistics.ts';

const connections = 100;
const perSecond = 1000;

/** Sent later than this at p99, and the generator itself is what was measured. */
const latenessLimitMs = 2;

/** 100 connections at an even rate far below capacity: the delay that a client sees, its wait for a connection included. */
export async function openLoop(bench: Bench): Promise<Measure[]> {
  const requests = bench.plan.openLoopRequests;
  const repetition = { name: 'open loop', rounds: bench.plan.rounds };
  const results = await measureInRounds(bench, repetition, ({ port }) =>
    bench.run({ kind: 'open-loop', port, connections, perSecond, requests }),
  );
  const all = [...results.direct, ...results.bareRelay, ...results.tokenpak];
  const lateness = median(all.map((round) => round.lateness.p99));
  if (lateness > latenessLimitMs) bench.invalid(`the load was sent ${lateness.toFixed(1)} ms late at p99`);

  const ours = results.tokenpak.map((round) => round.latency.p99);
  return [
    {
      name: `p99, ${connections} connections, ${perSecond} requests/s`,
      unit: 'ms',
      ...medians(results, (round) => round.latency.p99),
      judged: { what: 'ms', estimate: estimate(ours), limit: { kind: 'at most', value: 20 } },
    },
    { name: 'p50 of the same', unit: 'ms', ...medians(results, (round) => round.latency.p50), judged: null },
  ];
}
