import { Histogram } from '../histogram.ts';
import type { LoadOutcome } from '../proof-jobs.ts';
import type { ProofBench } from '../proof-bench.ts';
import { Findings } from '../findings.ts';
import { lateShareLimit } from '../gate.ts';
import { judgeCapacity } from './capacity.ts';

/** With less than this of what was offered, a rate is none that held. */
const leastShare = 0.95;
const mostErrors = 0.01;
/** Doubling ends somewhere, on any machine. */
const mostDoublings = 16;

/** What a step of the ramp is judged by beside what cannot be a rate that held: names a target that it misses, or null. */
export type Broken = (metrics: Findings['metrics']) => string | null;

/** Why a rate did not hold; null: it did. The proxy's figures are judged by their names as if this rate were the run's own. */
export function faultOf(outcome: LoadOutcome, perSecond: number, broken: Broken): string | null {
  const { count, errors, late, elapsedMs } = outcome;
  const achieved = ((count - errors) / elapsedMs) * 1000;
  if (late / count > lateShareLimit)
    return `the load was the limit: ${((late / count) * 100).toFixed(1)} % were sent late`;
  if (errors / count > mostErrors) return `${((errors / count) * 100).toFixed(1)} % of the requests failed`;
  if (achieved < perSecond * leastShare) return `only ${achieved.toFixed(0)} of ${perSecond} requests/s were answered`;
  const step = new Findings();
  const latency = Histogram.from(outcome.latency);
  step.percentiles('messages', latency);
  step.percentiles('capacity', latency);
  step.metric('messages.error_rate', errors / count, 'share');
  step.metric('capacity.error_rate', errors / count, 'share');
  return broken(step.metrics);
}

/** Doubles the rate until a target is missed. What held last is the capacity. */
export async function ramp(bench: ProofBench, seconds: number, broken: Broken): Promise<void> {
  const { proxied, findings, options } = bench;
  const { connections, arrival, seed, workload: asked } = options;
  const workload = asked === 'mix' ? 'passthrough' : asked;
  if (workload === 'cache' || workload === 'translation') return;
  let held: { readonly perSecond: number; readonly outcome: LoadOutcome } | null = null;
  for (let step = 0; step < mostDoublings; step += 1) {
    const perSecond = options.perSecond * 2 ** step;
    bench.progress(`ramp: ${perSecond} requests/s`);
    const wish = { kind: 'open', workload, perSecond, seconds, connections, arrival, seed } as const;
    const outcome = await bench.load(proxied, wish);
    const fault = faultOf(outcome, perSecond, broken);
    if (fault !== null) {
      findings.note(`ramp: at ${perSecond} requests/s: ${fault}`);
      break;
    }
    held = { perSecond, outcome };
    findings.note(`ramp: ${perSecond} requests/s held`);
  }
  if (held === null) return findings.reject(`not even ${options.perSecond} requests/s held`);
  findings.add(workload, 'proxied', held.outcome);
  judgeCapacity(bench, [held.outcome]);
  findings.metric('ramp.last_held', held.perSecond, '/s');
}
