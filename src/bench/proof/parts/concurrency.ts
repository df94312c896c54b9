import { inTurn } from '../../rounds.ts';
import { estimate } from '../../statistics.ts';
import { intervalLess, percentilesLess } from '../difference.ts';
import { Histogram } from '../histogram.ts';
import { concurrentUsers } from '../plan.ts';
import type { LoadOutcome } from '../proof-jobs.ts';
import type { ProofBench, Side } from '../proof-bench.ts';
import { judgeCapacity } from './capacity.ts';

interface Rounds {
  readonly seconds: number;
  readonly rounds: number;
}

/** What a provider takes in the loaded row. */
const loadedDelayMs = 50;
/** No figure for "100 at a time" comes from a run with fewer on their way. */
const leastInFlight = 90;
/** With fewer values, the estimate's interval is their range, which promises too little. */
const leastForInterval = 5;

async function hundredAlways(bench: ProofBench, side: Side, seconds: number): Promise<LoadOutcome> {
  const until = { seconds };
  return bench.load(side, { kind: 'closed', workload: 'passthrough', connections: concurrentUsers, until });
}

const merged = (outcomes: readonly LoadOutcome[]): Histogram =>
  outcomes.reduce((sum, { latency }) => sum.merge(Histogram.from(latency)), new Histogram());

/** S1-2 while the provider thinks for 50 ms: 100 requests always on their way, directly and through a proxy in turn. */
export async function loaded(bench: ProofBench, { seconds, rounds }: Rounds): Promise<void> {
  const { findings } = bench;
  bench.progress('loaded: starting');
  const mock = await bench.startMock(loadedDelayMs);
  const proxy = await bench.startProxy({ config: '', hasKey: true, mockPort: mock.port });
  await hundredAlways(bench, proxy, Math.min(seconds, bench.options.warmUpSeconds));
  const outcomes = new Map<Side, LoadOutcome[]>([mock, proxy].map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn([mock, proxy], round)) {
      bench.progress(`loaded, ${side.target}: ${concurrentUsers} in flight, the provider takes ${loadedDelayMs} ms`);
      outcomes.get(side)?.push(await hundredAlways(bench, side, seconds));
    }
  }
  const [direct = [], proxied = []] = outcomes.values();
  judgeLoaded(findings, direct, proxied);
}

export function judgeLoaded(
  findings: ProofBench['findings'],
  direct: readonly LoadOutcome[],
  proxied: readonly LoadOutcome[],
): void {
  const inFlight = Math.min(...[...direct, ...proxied].map((outcome) => outcome.inFlight));
  findings.metric('loaded.in_flight', inFlight, 'count');
  if (inFlight < leastInFlight) {
    findings.note(`loaded: only ${inFlight} requests were in flight: no figure for ${concurrentUsers} at a time`);
    return;
  }
  const [less, more] = [merged(direct), merged(proxied)];
  const difference = percentilesLess(more.percentiles(), less.percentiles());
  findings.metric('loaded.overhead.p50', difference.p50, 'ms', intervalLess(more, less, 0.5));
  findings.metric('loaded.overhead.p95', difference.p95, 'ms', intervalLess(more, less, 0.95));
  findings.metric('loaded.overhead.p99', difference.p99, 'ms', intervalLess(more, less, 0.99));
  const [count, errors] = sumsOf(proxied);
  findings.metric('loaded.error_rate', errors / count, 'share');
}

function sumsOf(outcomes: readonly LoadOutcome[]): [count: number, errors: number] {
  const count = outcomes.reduce((sum, outcome) => sum + outcome.count, 0);
  return [count, outcomes.reduce((sum, outcome) => sum + outcome.errors, 0)];
}

/** S1-4 to the letter: a provider that answers at once, and nobody thinks. 100 connections wait 100 / capacity at least, so p99 is judged by the bare relay's. */
export async function saturated(bench: ProofBench, { seconds, rounds }: Rounds): Promise<void> {
  const { proxied } = bench;
  const bare = await bench.bareRelay();
  await hundredAlways(bench, bare, Math.min(seconds, bench.options.warmUpSeconds));
  const outcomes = new Map<Side, LoadOutcome[]>([bare, proxied].map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn([bare, proxied], round)) {
      bench.progress(`saturated, ${side.target}: ${concurrentUsers} connections`);
      outcomes.get(side)?.push(await hundredAlways(bench, side, seconds));
    }
  }
  const [ofBare = [], ofProxy = []] = outcomes.values();
  judgeSaturated(bench.findings, ofBare, ofProxy);
  judgeCapacity(bench, ofProxy);
}

export function judgeSaturated(
  findings: ProofBench['findings'],
  ofBare: readonly LoadOutcome[],
  ofProxy: readonly LoadOutcome[],
): void {
  const inFlight = Math.min(...[...ofBare, ...ofProxy].map((outcome) => outcome.inFlight));
  findings.metric('saturated.in_flight', inFlight, 'count');
  if (inFlight < leastInFlight) {
    findings.note(`saturated: only ${inFlight} requests were in flight: no figure for ${concurrentUsers} at a time`);
    return;
  }
  const all = merged(ofProxy);
  findings.percentiles('saturated', all);
  findings.metric('saturated.p999', all.quantile(0.999), 'ms');
  const elapsedMs = ofProxy.reduce((sum, outcome) => sum + outcome.elapsedMs, 0);
  const [count, errors] = sumsOf(ofProxy);
  findings.metric('saturated.rps', ((count - errors) / elapsedMs) * 1000, '/s');
  findings.metric('saturated.error_rate', errors / count, 'share');
  findings.percentiles('saturated.bare_relay', merged(ofBare));
  const p99 = (outcome: LoadOutcome | undefined): number =>
    outcome ? Histogram.from(outcome.latency).quantile(0.99) : NaN;
  const ratios = ofProxy.map((outcome, round) => p99(outcome) / p99(ofBare[round]));
  const { median, low, high } = estimate(ratios);
  findings.metric('saturated.p99_ratio', median, 'ratio', ratios.length < leastForInterval ? null : { low, high });
}
