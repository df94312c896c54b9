import { runAgents } from './load/agents.ts';
import { runAutocannon } from './load/autocannon.ts';
import { runClosedLoop } from './load/closed-loop.ts';
import type { Job } from './load/jobs.ts';
import { runOpenLoop } from './load/open-loop.ts';
import { runStages } from './load/stages.ts';
import { runStreams } from './load/streams.ts';
import { runTurns } from './load/turns.ts';

/** Does one job of the load generator. Fails at the first request that is not answered as it must be; `stages` counts those instead. */
export function runJob(job: Job): Promise<object> {
  switch (job.kind) {
    case 'closed-loop':
      return runClosedLoop(job);
    case 'open-loop':
      return runOpenLoop(job);
    case 'turns':
      return runTurns(job);
    case 'streams':
      return runStreams(job);
    case 'autocannon':
      return runAutocannon(job);
    case 'stages':
      return runStages(job);
    case 'agents':
      return runAgents(job);
  }
}
