import { Histogram } from '../histogram.ts';
import type { LoadOutcome } from '../proof-jobs.ts';
import type { ProofBench } from '../proof-bench.ts';
import type { WorkloadName } from '../proof-report.ts';

/** Directly, the mock needs no longer to show that it is not the limit. */
export const directShare = 1 / 6;

/** What a proxy comes to when each connection asks again as soon as it is answered. */
export function judgeCapacity(
  { findings }: Pick<ProofBench, 'findings'>,
  outcomes: readonly LoadOutcome[],
  name = 'capacity',
): void {
  const latency = new Histogram();
  let [count, errors, elapsedMs] = [0, 0, 0];
  for (const outcome of outcomes) {
    latency.merge(Histogram.from(outcome.latency));
    count += outcome.count;
    errors += outcome.errors;
    elapsedMs += outcome.elapsedMs;
  }
  findings.metric(`${name}.rps`, ((count - errors) / elapsedMs) * 1000, '/s');
  findings.percentiles(name, latency);
  findings.metric(`${name}.error_rate`, errors / count, 'share');
}

export interface CapacityPlan {
  readonly connections: number;
  readonly seconds: number;
}

/** Closed loop: directly for a moment, then through the proxy, as often as there are runs. Own endpoints have no direct side. */
export async function capacity(bench: ProofBench, { connections, seconds }: CapacityPlan): Promise<void> {
  const { direct, proxied, findings, options } = bench;
  const workload: WorkloadName = options.workload === 'mix' ? 'passthrough' : options.workload;
  if (workload === 'cache' || workload === 'translation') return;
  const isOwn = workload === 'health' || workload === 'stats';
  const outcomes: LoadOutcome[] = [];
  for (let round = 0; round < options.runs; round += 1) {
    for (const side of isOwn ? [proxied] : [direct, proxied]) {
      bench.progress(`${workload}, ${side.target}: ${connections} connections`);
      const until = { seconds: side === proxied ? seconds : seconds * directShare };
      const outcome = await bench.load(side, { kind: 'closed', workload, connections, until });
      findings.add(workload, side.target, outcome);
      if (side === proxied) outcomes.push(outcome);
    }
  }
  // The targets for the capacity are of messages.
  judgeCapacity(bench, outcomes, workload === 'passthrough' ? 'capacity' : `capacity_${metricWord(workload)}`);
}

/** Names of metrics are words of a-z, 0-9 and `_`. */
const metricWord = (workload: WorkloadName): string => workload.replaceAll('-', '_');
