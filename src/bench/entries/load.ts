/** A process of the benchmark: the load generator. It takes one job after the other from its parent and sends back the results. */
import type { Job } from '../load/jobs.ts';
import { runJob } from '../load.ts';

process.on('message', (job: Job) => {
  runJob(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
