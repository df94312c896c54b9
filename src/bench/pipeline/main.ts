/** `npm run bench:pipeline`: what an exchange costs in the proxy itself, without a socket. See docs/measuring.md. */
import os from 'node:os';
import { runMain } from '../run-main.ts';
import { createChildren } from '../processes/children.ts';
import { parseOptions, usage, type PipelineOptions } from './options.ts';
import { pipelineReport } from './report.ts';
import { runPipeline, type PipelineRun } from './run.ts';
import { openSubject } from './subject.ts';

const warmUpMs = 2000;

/** Each run has a proxy and a home of its own: a ledger that grows from run to run would not be the same. */
async function oneRun(home: string, seconds: number): Promise<PipelineRun> {
  const subject = await openSubject(home);
  try {
    return await runPipeline(subject, { ms: seconds * 1000, warmUpMs });
  } finally {
    await subject.proxy.close();
  }
}

await runMain({
  usage,
  parseOptions,
  async run({ seconds, runs }: PipelineOptions, progress) {
    const on = { node: process.versions.node, cores: os.availableParallelism(), loadAverage: os.loadavg()[0] ?? NaN };
    const figures: PipelineRun[] = [];
    for (let n = 1; n <= runs; n += 1) {
      progress(`run ${n} of ${runs}`);
      const scratch = createChildren();
      figures.push(await oneRun(scratch.scratchDirectory(), seconds).finally(scratch.end));
    }
    progress('');
    console.log(pipelineReport(figures, { ...on, seconds }));
    return 0;
  },
});
