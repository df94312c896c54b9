import { inTurn } from '../../rounds.ts';
import type { Share } from '../plan.ts';
import type { PacedBench, ProxySide, Side } from '../proof-bench.ts';
import type { RowTally } from '../row-tally.ts';

/** Which of a run's jobs a seed stands for: the same in both halves of a pair, so that both have the same times. */
const seedStep = 1000;

/** Sends at times fixed beforehand: each workload in its share of the time, paired ones directly and through the proxy in turn. */
export async function paced(bench: PacedBench, shares: readonly Share[]): Promise<void> {
  for (let round = 0; round < bench.options.runs; round += 1) {
    for (const share of shares) if (share.everyRound || round === 0) await pacedShare(bench, share, round);
  }
  judgePaced(bench);
}

async function pacedShare(bench: PacedBench, share: Share, round: number): Promise<void> {
  const { direct, proxied, findings } = bench;
  const { workload } = share;
  if (workload === 'cache' || workload === 'translation') return;
  const sides: readonly (Side | ProxySide)[] =
    share.isPaired && direct !== null ? inTurn([direct, proxied], round) : [proxied];
  for (const side of sides) {
    bench.progress(`${workload}, ${side.target}${round === 0 ? '' : `, round ${round + 1}`}`);
    const from = Date.now();
    findings.add(workload, side.target, await bench.load(side, wishOf(bench, share, round)));
    if (workload === 'passthrough' && side === proxied) findings.pacedSpans.push({ from, to: Date.now() });
  }
}

function wishOf({ options }: PacedBench, { workload, ofTime, ofRate }: Share, round: number) {
  const { perSecond, seconds, arrival, seed, connections } = options;
  return {
    ...{ kind: 'open' as const, workload, connections, arrival, seed: seed + round * seedStep },
    perSecond: perSecond * ofRate,
    seconds: seconds * ofTime,
  };
}

/** The metrics of what was sent at its own pace. */
export function judgePaced({ findings }: PacedBench): void {
  const health = findings.tally('health', 'proxied');
  const stats = findings.tally('stats', 'proxied');
  const messages = findings.tally('passthrough', 'proxied');
  const own = { health, stats, messages };
  for (const [name, tally] of Object.entries(own)) {
    if (tally === undefined) continue;
    findings.percentiles(name, tally.latency);
    findings.metric(`${name}.error_rate`, tally.errorRate, 'share');
  }
  if (health !== undefined && stats !== undefined) {
    findings.metric('stats.p99_relative', stats.latency.quantile(0.99) - health.latency.quantile(0.5), 'ms');
  }
  judgeAll(findings);
}

/** Over all rows through the proxy. */
function judgeAll(findings: PacedBench['findings']): void {
  const proxied = findings.tallies.filter(({ target }) => target === 'proxied');
  const sum = (value: (tally: RowTally) => number): number => proxied.reduce((total, tally) => total + value(tally), 0);
  const count = sum((tally) => tally.count);
  if (count === 0) return;
  findings.metric('errors.rate', sum(({ errors }) => errors) / count, 'share');
  findings.metric(
    'json.invalid',
    sum(({ invalidJson }) => invalidJson),
    'count',
  );
}
