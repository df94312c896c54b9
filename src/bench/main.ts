/** `npm run bench`: what tokenpak costs, against no relay and against the least that a relay can be. See docs/measuring.md. */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { verdictOf } from './measure.ts';
import { parseOptions, usage, UsageError, type BenchOptions } from './options.ts';
import { planFor } from './plan.ts';
import { chooseCores } from './processes/cores.ts';
import { jsonReport, textReport, type Circumstances } from './report.ts';
import { run } from './run.ts';

const exitCodes = { PASS: 0, FAIL: 1, INVALID: 1 };

/** One line that is written over, and only where somebody watches. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function bench(options: BenchOptions): Promise<number> {
  const started = performance.now();
  const { rounds, limitMs } = planFor(options);
  const giveUp = setTimeout(() => {
    console.error(`INVALID: the run was not done within ${Math.round(limitMs / 1000)} s`);
    process.exit(exitCodes.INVALID);
  }, limitMs);
  const loadAverage = os.loadavg()[0] ?? NaN;
  const cores = chooseCores();
  const result = await run(options, cores, progress);
  clearTimeout(giveUp);
  progress('');
  const circumstances: Circumstances = {
    node: process.versions.node,
    cores: os.availableParallelism(),
    loadAverage,
    pinned: cores !== null,
    quick: options.quick,
    rounds,
    seconds: (performance.now() - started) / 1000,
  };
  console.log(textReport(result, circumstances));
  if (options.jsonFile !== null) writeFileSync(options.jsonFile, jsonReport(result, circumstances));
  return exitCodes[verdictOf(result.measures, result.invalid)];
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options !== null) return await bench(options);
    console.log(usage);
    return 0;
  } catch (error) {
    progress('');
    if (!(error instanceof UsageError)) {
      console.error('INVALID:', error);
      return 1;
    }
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
}

// The children are killed, and the scratch home is removed, when the process exits.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exit(await main(process.argv.slice(2)));
