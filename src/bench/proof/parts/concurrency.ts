import { inTurn } from '../../rounds.ts';
import { estimate } from '../../statistics.ts';
import type { Findings } from '../findings.ts';
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

/** Both sides in turn, as often as there are rounds. Gives what each came to. */
async function inTurns(
  bench: ProofBench,
  sides: readonly [Side, Side],
  { seconds, rounds }: Rounds,
  doing: (side: Side) => string,
): Promise<readonly [LoadOutcome[], LoadOutcome[]]> {
  const outcomes = [[], []] as [LoadOutcome[], LoadOutcome[]];
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn(sides, round)) {
      bench.progress(doing(side));
      outcomes[side === sides[0] ? 0 : 1].push(await hundredAlways(bench, side, seconds));
    }
  }
  return outcomes;
}

/** False where too few were on their way for any figure of "100 at a time". */
function judgeInFlight(findings: Findings, name: string, outcomes: readonly LoadOutcome[]): boolean {
  const inFlight = Math.min(...outcomes.map((outcome) => outcome.inFlight));
  findings.metric(`${name}.in_flight`, inFlight, 'count');
  if (inFlight >= leastInFlight) return true;
  findings.note(`${name}: only ${inFlight} requests were in flight: no figure for ${concurrentUsers} at a time`);
  return false;
}

/** S1-2 while the provider thinks for 50 ms: 100 requests always on their way, directly and through a proxy in turn. */
export async function loaded(bench: ProofBench, rounds: Rounds): Promise<void> {
  bench.progress('loaded: starting');
  const mock = await bench.startMock(loadedDelayMs);
  const proxy = await bench.startProxy({ config: '', hasKey: true, mockPort: mock.port });
  await hundredAlways(bench, proxy, Math.min(rounds.seconds, bench.options.warmUpSeconds));
  const [direct, proxied] = await inTurns(
    bench,
    [mock, proxy],
    rounds,
    ({ target }) => `loaded, ${target}: ${concurrentUsers} in flight, the provider takes ${loadedDelayMs} ms`,
  );
  judgeLoaded(bench.findings, direct, proxied);
}

export function judgeLoaded(findings: Findings, direct: readonly LoadOutcome[], proxied: readonly LoadOutcome[]): void {
  const less = findings.addApart('loaded', 'direct', direct);
  const more = findings.addApart('loaded', 'proxied', proxied);
  if (!judgeInFlight(findings, 'loaded', [...direct, ...proxied])) return;
  findings.difference('loaded.overhead', more.latency, less.latency);
  findings.metric('loaded.error_rate', more.errorRate, 'share');
}

/** S1-4 to the letter: a provider that answers at once, and nobody thinks. 100 connections wait 100 / capacity at least, so p99 is judged by the bare relay's. */
export async function saturated(bench: ProofBench, rounds: Rounds): Promise<void> {
  const bare = await bench.bareRelay();
  await hundredAlways(bench, bare, Math.min(rounds.seconds, bench.options.warmUpSeconds));
  const [ofBare, ofProxy] = await inTurns(
    bench,
    [bare, bench.proxied],
    rounds,
    ({ target }) => `saturated, ${target}: ${concurrentUsers} connections`,
  );
  judgeSaturated(bench.findings, ofBare, ofProxy);
  judgeCapacity(bench, ofProxy);
}

export function judgeSaturated(
  findings: Findings,
  ofBare: readonly LoadOutcome[],
  ofProxy: readonly LoadOutcome[],
): void {
  const bare = findings.addApart('saturated', 'bare relay', ofBare);
  const proxied = findings.addApart('saturated', 'proxied', ofProxy);
  if (!judgeInFlight(findings, 'saturated', [...ofBare, ...ofProxy])) return;
  judgeCapacity({ findings }, ofProxy, 'saturated');
  findings.metric('saturated.p999', proxied.latency.quantile(0.999), 'ms');
  findings.percentiles('saturated.bare_relay', bare.latency);
  const p99 = (outcome: LoadOutcome | undefined): number =>
    outcome ? Histogram.from(outcome.latency).quantile(0.99) : NaN;
  const ratios = ofProxy.map((outcome, round) => p99(outcome) / p99(ofBare[round]));
  const { median, low, high } = estimate(ratios);
  findings.metric('saturated.p99_ratio', median, 'ratio', ratios.length < leastForInterval ? null : { low, high });
}
