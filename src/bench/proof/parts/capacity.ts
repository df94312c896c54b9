import { Histogram } from '../histogram.ts';
import type { LoadOutcome } from '../proof-jobs.ts';
import type { ProofBench } from '../proof-bench.ts';
import type { WorkloadName } from '../proof-report.ts';

/** Directly, the mock needs no longer to show that it is not the limit. */
const directShare = 1 / 6;

/** What a proxy comes to when each connection asks again as soon as it is answered. */
export function judgeCapacity({ findings }: ProofBench, outcomes: readonly LoadOutcome[]): void {
  const latency = new Histogram();
  let [count, errors, elapsedMs] = [0, 0, 0];
  for (const outcome of outcomes) {
    latency.merge(Histogram.from(outcome.latency));
    count += outcome.count;
    errors += outcome.errors;
    elapsedMs += outcome.elapsedMs;
  }
  findings.metric('capacity.rps', ((count - errors) / elapsedMs) * 1000, '/s');
  findings.percentiles('capacity', latency);
  findings.metric('capacity.error_rate', errors / count, 'share');
}

export interface CapacityPlan {
  readonly connections: number;
  readonly seconds: number;
}

/** Closed loop: directly for a moment, then through the proxy, as often as there are runs. */
export async function capacity(bench: ProofBench, { connections, seconds }: CapacityPlan): Promise<void> {
  const { direct, proxied, findings, options } = bench;
  const workload: WorkloadName = options.workload === 'mix' ? 'passthrough' : options.workload;
  if (workload === 'cache' || workload === 'translation') return;
  const rounds = options.profile === null ? options.runs : 1;
  const outcomes: LoadOutcome[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const side of [direct, proxied]) {
      bench.progress(`${workload}, ${side.target}: ${connections} connections`);
      const until = { seconds: side === proxied ? seconds : seconds * directShare };
      const outcome = await bench.load(side, { kind: 'closed', workload, connections, until });
      findings.add(workload, side.target, outcome);
      if (side === proxied) outcomes.push(outcome);
    }
  }
  judgeCapacity(bench, outcomes);
}
