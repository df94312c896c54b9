import type { Bench } from '../bench.ts';
import type { Stage, StagesResult } from '../load/jobs.ts';
import type { Measure, Limit } from '../measure.ts';
import { estimate } from '../statistics.ts';

interface Profile {
  readonly name: string;
  readonly stages: readonly Stage[];
  /** Requests per second, over all stages. */
  readonly atLeast: number;
}

const seconds = (count: number, users: number): Stage => ({ ms: count * 1000, users });

/** With a tenth of a second to think, 50 users send 500 requests a second at most. */
export const stageProfiles: readonly Profile[] = [
  { name: 'up to 50 users', stages: [seconds(30, 10), seconds(60, 50), seconds(30, 0)], atLeast: 100 },
  { name: '100 users', stages: [seconds(0, 100), seconds(120, 100)], atLeast: 100 },
  { name: 'a spike of 100 users', stages: [seconds(10, 10), seconds(10, 100), seconds(10, 10)], atLeast: 100 },
];

export const thinkMs = 100;
/** What an answer may take, its provider's time not counted, which is none here. */
export const slowMs = 500;
export const stageBody = JSON.stringify({
  model: 'claude-sonnet-4-20250514',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'Is anybody there?' }],
});

function shownOrJudged(name: string, unit: string, value: number, limit: Limit | null): Measure {
  const judged = limit && { what: unit, estimate: estimate([value]), limit };
  return { name, unit, direct: null, bareRelay: null, tokenpak: value, judged };
}

function measuresOf({ name, atLeast }: Profile, result: StagesResult): Measure[] {
  const { statuses, latency, slow, elapsedMs } = result;
  const { count } = latency;
  const withStatus = (...wanted: readonly number[]): number =>
    wanted.reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0);
  const atMost = (value: number): Limit => ({ kind: 'at most', value });
  return [
    shownOrJudged(`p95, ${name}`, 'ms', latency.p95, atMost(slowMs)),
    shownOrJudged('p50 of the same', 'ms', latency.p50, null),
    shownOrJudged('p99 of the same', 'ms', latency.p99, null),
    shownOrJudged('requests of the same', '/s', (count / elapsedMs) * 1000, { kind: 'at least', value: atLeast }),
    shownOrJudged('refused or failed', '%', ((count - withStatus(200)) / count) * 100, atMost(1)),
    shownOrJudged('neither 200 nor 429', 'replies', count - withStatus(200, 429), atMost(0)),
    shownOrJudged(`after ${slowMs} ms or more`, 'replies', slow, null),
  ];
}

/**
 * Users who come and go, each with an access key in the path and a moment to think, as a load test from outside has them.
 * The key has a limit and a budget that are far away, so that both are looked at for each request.
 */
export async function stages(bench: Bench): Promise<Measure[]> {
  const key = await bench.createKey(['--limits', 'requests=1000000/min,concurrent=1000', '--budget', '9000/day']);
  const measures: Measure[] = [];
  for (const profile of stageProfiles) {
    bench.progress(`stages: ${profile.name}`);
    const shortened = profile.stages.map(({ ms, users }) => ({ ms: ms * bench.plan.stageShare, users }));
    const job = { port: bench.tokenpak.port, path: `/ak/${key}/v1/messages`, body: stageBody, thinkMs, slowMs };
    measures.push(...measuresOf(profile, await bench.run({ kind: 'stages', stages: shortened, ...job })));
  }
  return measures;
}
