import type { Bench } from '../bench.ts';
import type { StreamsResult } from '../load/jobs.ts';
import type { Measure } from '../measure.ts';
import { figures, measureInRounds, medians } from '../rounds.ts';
import { estimate } from '../statistics.ts';

const streams = 500;
const eventsPerSecond = 20;
const openingMs = 1000;

const longGaps = (rounds: readonly StreamsResult[]): number => rounds.reduce((sum, round) => sum + round.longGaps, 0);
const longest = (rounds: readonly StreamsResult[]): number => Math.max(...rounds.map((round) => round.gaps.max));

/** Many streams at once, as from many agents: whether any of them seems to halt. */
export async function manyStreams(bench: Bench): Promise<Measure[]> {
  const eventsPerStream = eventsPerSecond * bench.plan.streamSeconds;
  const repetition = { name: `${streams} streams`, rounds: bench.plan.streamRounds };
  const results = await measureInRounds(bench, repetition, ({ port }) =>
    bench.run({ kind: 'streams', port, streams, eventsPerStream, openingMs }),
  );
  const limit = { kind: 'at most', value: longGaps(results.bareRelay) } as const;
  return [
    {
      name: `gaps over 100 ms, ${streams} streams`,
      unit: '',
      ...figures(results, longGaps),
      judged: { what: 'gaps', estimate: estimate([longGaps(results.tokenpak)]), limit },
    },
    { name: 'p99.9 of their gaps', unit: 'ms', ...medians(results, (round) => round.gaps.p999), judged: null },
    { name: 'longest gap', unit: 'ms', ...figures(results, longest), judged: null },
  ];
}
