import type { StagesJob, TurnsJob } from '../../load/jobs.ts';
import { inTurn } from '../../rounds.ts';
import { median } from '../../statistics.ts';
import { concurrentUsers } from '../plan.ts';
import type { ProofBench, ProxySide } from '../proof-bench.ts';

interface Rounds {
  readonly seconds: number;
  readonly rounds: number;
}

/** S2-9: about a hundred tokens. */
const loopbackBody = JSON.stringify({
  model: 'loopback',
  messages: [{ role: 'user', content: 'Say in a few words what the total of these rows is, and why. '.repeat(7) }],
});

/** S2-9: the proxy's own provider, which nobody is asked for. */
async function loopbackScenario(bench: ProofBench, { seconds }: Rounds): Promise<void> {
  const { proxied, findings } = bench;
  bench.progress('scenario 1: the loopback provider');
  const stages = [
    { ms: 0, users: concurrentUsers },
    { ms: seconds * 1000, users: concurrentUsers },
  ];
  const path = '/v1/chat/completions';
  const job = {
    kind: 'stages',
    stages,
    path,
    body: loopbackBody,
    thinkMs: 0,
    slowMs: 150,
    apiKey: proxied.accessKey,
  } as const;
  const { latency, elapsedMs, statuses } = await bench.loadOtherwise<StagesJob>([proxied], job);
  const answered = statuses.get(200) ?? 0;
  findings.addSummary('loopback', latency, latency.count - answered);
  findings.metric('scenario_loopback.rps', (answered / elapsedMs) * 1000, '/s');
  findings.metric('scenario_loopback.p50', latency.p50, 'ms');
  findings.metric('scenario_loopback.p95', latency.p95, 'ms');
  findings.metric('scenario_loopback.error_rate', (latency.count - answered) / latency.count, 'share');
}

interface Pair {
  readonly off: ProxySide;
  readonly on: ProxySide;
}

/** What of a proxy's setting costs: medians of the rounds. */
interface Cost {
  readonly addedP50: number;
  readonly rpsRatio: number;
}

const requestsPerTurn = 40;
/** At about a third of a millisecond a request, a second has some 70 turns. */
const turnsPerSecond = 20;

/** Two proxies in turn: one connection for the median, 100 for the throughput. */
async function costOf(bench: ProofBench, { off, on }: Pair, { seconds, rounds }: Rounds): Promise<Cost> {
  const both = [off, on];
  for (const side of both) await perSecond(bench, side, Math.min(seconds, bench.options.warmUpSeconds));
  const ratios: number[] = [];
  const added: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const speeds = new Map<ProxySide, number>();
    for (const side of inTurn(both, round)) speeds.set(side, await perSecond(bench, side, seconds / 2));
    ratios.push((speeds.get(on) ?? NaN) / (speeds.get(off) ?? NaN));
    const order = inTurn(both, round);
    const turns = Math.max(2, Math.round(seconds * turnsPerSecond));
    const job = { kind: 'turns', bodyBytes: 1024, streamed: false, turns, requestsPerTurn } as const;
    const apiKeys = order.map(({ accessKey }) => accessKey);
    const { latencies } = await bench.loadOtherwise<TurnsJob>(order, { ...job, apiKeys });
    const p50 = (side: ProxySide): number => latencies[order.indexOf(side)]?.p50 ?? NaN;
    added.push(p50(on) - p50(off));
  }
  return { addedP50: median(added), rpsRatio: median(ratios) };
}

async function perSecond(bench: ProofBench, side: ProxySide, seconds: number): Promise<number> {
  const wish = { kind: 'closed', workload: 'passthrough', connections: concurrentUsers, until: { seconds } } as const;
  const { count, errors, elapsedMs } = await bench.load(side, wish);
  return ((count - errors) / elapsedMs) * 1000;
}

async function startPair(bench: ProofBench, on: string, off: string): Promise<Pair> {
  const wish = { hasKey: true, mockPort: bench.direct.port };
  return { off: await bench.startProxy({ ...wish, config: off }), on: await bench.startProxy({ ...wish, config: on }) };
}

/** S2-11: so many for each key, which is more than this machine asks for: what is measured is the cost of the limit. */
async function rateLimitScenario(bench: ProofBench, rounds: Rounds): Promise<void> {
  bench.progress('scenario 3: a rate limit, on and off');
  const limit = 'limits:\n  - { per: key, requests: 10000/s, burst: 20000 }\n';
  const cost = await costOf(bench, await startPair(bench, limit, 'limits: []\n'), rounds);
  bench.findings.metric('scenario_rate_limit.added_p50', cost.addedP50, 'ms');
  bench.findings.metric('scenario_rate_limit.rps_ratio', cost.rpsRatio, 'ratio');
}

/** S2-12. */
async function metricsScenario(bench: ProofBench, rounds: Rounds): Promise<void> {
  bench.progress('scenario 4: metrics, on and off');
  const cost = await costOf(bench, await startPair(bench, 'metrics: on\n', 'metrics: off\n'), rounds);
  bench.findings.metric('scenario_metrics.added_p50', cost.addedP50, 'ms');
  bench.findings.metric('scenario_metrics.rps_ratio', cost.rpsRatio, 'ratio');
}

/** S2-9 to S2-12, as far as their parts exist. */
export async function scenarios(bench: ProofBench, rounds: Rounds): Promise<void> {
  await loopbackScenario(bench, rounds);
  bench.findings.note('scenario 2, translation (S2-10): not available');
  await rateLimitScenario(bench, rounds);
  await metricsScenario(bench, rounds);
}
