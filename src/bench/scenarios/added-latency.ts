import type { Bench } from '../bench.ts';
import type { TurnsJob } from '../load/jobs.ts';
import type { Measure } from '../measure.ts';
import { inTurn, type PerTarget } from '../rounds.ts';
import { estimate, median } from '../statistics.ts';

/** What is asked at one connection, and how much more than the bare relay tokenpak may add to its median. */
export interface AddedLatency {
  readonly name: string;
  readonly bodyBytes: number;
  readonly streamed: boolean;
  readonly requestsPerTurn: number;
  readonly limit: number;
}

/** The medians of one round, in ms. */
type Round = PerTarget<number>;

/** How many times what the bare relay adds over direct tokenpak adds; NaN where the bare relay seems to add nothing. */
export function addedRatio(round: Round): number {
  const bareAdded = round.bareRelay - round.direct;
  return bareAdded > 0 ? (round.tokenpak - round.direct) / bareAdded : NaN;
}

async function runRound(bench: Bench, asked: AddedLatency, round: number): Promise<Round> {
  const targets = inTurn([bench.direct, bench.bareRelay, bench.tokenpak], round);
  const { bodyBytes, streamed, requestsPerTurn } = asked;
  const ports = targets.map((target) => target.port);
  const job: TurnsJob = { kind: 'turns', ports, bodyBytes, streamed, requestsPerTurn, turns: bench.plan.turns };
  const { latencies } = await bench.run(job);
  const at = (port: number): number => latencies[ports.indexOf(port)]?.p50 ?? NaN;
  return { direct: at(bench.direct.port), bareRelay: at(bench.bareRelay.port), tokenpak: at(bench.tokenpak.port) };
}

/** One request after the other on one connection to each target. The first round warms up and is not counted. */
export async function addedLatency(bench: Bench, asked: AddedLatency): Promise<Measure> {
  const rounds: Round[] = [];
  for (let round = -1; round < bench.plan.rounds; round += 1) {
    bench.progress(`${asked.name}, ${round < 0 ? 'warm-up' : `round ${round + 1}`}`);
    const result = await runRound(bench, asked, round + 1);
    if (round >= 0) rounds.push(result);
  }
  const of = (target: keyof Round): number => median(rounds.map((round) => round[target]));
  return {
    name: asked.name,
    unit: 'ms',
    direct: of('direct'),
    bareRelay: of('bareRelay'),
    tokenpak: of('tokenpak'),
    judged: {
      what: 'of what the bare relay adds',
      estimate: estimate(rounds.map(addedRatio)),
      limit: { kind: 'at most', value: asked.limit },
    },
  };
}
