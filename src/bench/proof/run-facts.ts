import { fileURLToPath } from 'node:url';
import { commitOf } from '../commit.ts';
import { thisMachine } from '../machine.ts';
import type { ProofOptions } from './proof-options.ts';
import type { ProofRun } from './proof-report.ts';

/** Above the compiled benchmark: the package, or the checkout that it was built in. */
const packageFolder = fileURLToPath(new URL('../../..', import.meta.url));

interface RunKnown {
  readonly version: string;
  readonly options: ProofOptions;
  readonly isPinned: boolean;
  /** Before any load. */
  readonly loadAverage: number;
}

/** What a run and its machine are, but for how long it took. */
export function runFacts({ version, options, isPinned, loadAverage }: RunKnown): Omit<ProofRun, 'elapsedSeconds'> {
  const { profile, scale, mode, perSecond, seconds, warmUpSeconds, runs, connections, seed, arrival } = options;
  return {
    version,
    at: new Date().toISOString(),
    ...thisMachine(),
    loadAverage,
    commit: packageFolder.includes('node_modules') ? null : commitOf(packageFolder),
    isPinned,
    ...{ profile, scale, mode, perSecond, seconds, warmUpSeconds, runs, connections, seed, arrival },
    mockDelayMs: options.mockDelayMs,
  };
}
