import { openConnection } from '../load/connection.ts';
import { runClosed } from './closed-load.ts';
import { createRealClock } from './clock.ts';
import { runOpen } from './open-load.ts';
import type { LoadOutcome, ProofJob } from './proof-jobs.ts';

/** Does one job in this process. @throws where not all connections can be opened, or the workload does not exist */
export async function runProofJob(job: ProofJob): Promise<LoadOutcome> {
  if (job.kind === 'closed') return runClosed(job);
  const clock = await createRealClock();
  try {
    return await runOpen(job, clock, (closed) => openConnection(job.port, closed));
  } finally {
    clock.close();
  }
}
