import type { Stage, StagesJob } from '../../load/jobs.ts';
import { slowMs, stageBody, thinkMs } from '../../scenarios/stages.ts';
import { mostUsers } from '../plan.ts';
import type { ProofBench } from '../proof-bench.ts';

/** S3-8: these are what a client of a limited proxy may be told. */
const expectedStatuses = [200, 429];

/** Users with an access key in the path, who come and go and think for 0.1 s: S3-5 to S3-8. */
export async function stages(bench: ProofBench, plan: readonly Stage[]): Promise<void> {
  const { proxied, findings, options } = bench;
  const prefix = proxied.accessKey === undefined ? '' : `/ak/${proxied.accessKey}`;
  if (prefix === '') findings.note('stages: asked without an access key in the path');
  bench.progress(`stages: up to ${mostUsers(plan)} users`);
  const job = {
    kind: 'stages',
    stages: plan,
    path: `${prefix}/v1/messages`,
    body: stageBody,
    thinkMs,
    slowMs,
  } as const;
  const result = await bench.loadOtherwise<StagesJob>([proxied], job);
  const { latency, statuses, elapsedMs, maxUsers } = result;
  const failed = latency.count - (statuses.get(200) ?? 0);
  findings.addSummary('users', latency, failed);
  // The provider's own time is not the proxy's.
  const without = (ms: number): number => Math.max(0, ms - options.mockDelayMs);
  const others = [...statuses].filter(([status]) => !expectedStatuses.includes(status));
  const wrong = others.reduce((sum, [, count]) => sum + count, 0);
  findings.metric('stages.p50', without(latency.p50), 'ms');
  findings.metric('stages.p95', without(latency.p95), 'ms');
  findings.metric('stages.p99', without(latency.p99), 'ms');
  findings.metric('stages.rps', (latency.count / elapsedMs) * 1000, '/s');
  findings.metric('stages.max_users', maxUsers, 'count');
  findings.metric('stages.error_rate', failed / latency.count, 'share');
  if (wrong > 0)
    findings.note(`stages: ${wrong} answers were neither 200 nor 429: ${others.map(([s]) => s).join(', ')}`);
}
