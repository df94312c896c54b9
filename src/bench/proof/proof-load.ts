/** A process of `tokenpak bench`: the load. It takes one job after the other from its parent and sends back what each came to. */
import type { ProofJob, ProofReply } from './proof-jobs.ts';
import { runProofJob } from './run-proof-job.ts';

const reply = (message: ProofReply): void => void process.send?.(message);

process.on('message', (job: ProofJob) => {
  runProofJob(job).then(
    (outcome) => reply({ outcome }),
    (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
