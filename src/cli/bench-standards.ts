import path from 'node:path';
import { type Baseline, readBaseline } from '../bench/judge/baseline.ts';
import { checkMetricName, conditionFrom } from '../bench/judge/condition.ts';
import type { Standards } from '../bench/judge/judge.ts';
import { metricNames } from '../bench/judge/metric-names.ts';
import { readPublished } from '../bench/judge/published.ts';
import { InputError } from '../bench/judge/read-json.ts';
import { readSla, shippedSla } from '../bench/judge/sla.ts';
import type { BenchFlags } from './bench-options.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

const defaultTolerance = 0.2;

/** Where a baseline is kept that nobody has named a file for. */
export const keptBaseline = (stateDir: string): string => path.join(stateDir, 'bench', 'baseline.json');

/**
 * What the run is judged by: read before anything is measured, so that a slip costs no time.
 *
 * @throws CommandError for what cannot be read or does not exist.
 */
export function readStandards(flags: BenchFlags, stateDir: string): Standards {
  return explained(() => {
    const targets = readSla(flags.sla ?? shippedSla);
    const conditions = (flags.fail ?? []).map(conditionFrom);
    const known = metricNames(flags.sla === undefined ? targets : [...readSla(shippedSla), ...targets]);
    for (const { metric } of conditions) checkMetricName(metric, known);
    const file = baselineFile(flags.baseline, stateDir);
    return {
      ...{ slaFile: flags.sla ?? 'templates/sla.json', targets, conditions, published: readPublished() },
      baseline:
        file === null ? null : { file, report: validBaseline(file), tolerance: flags.tolerance ?? defaultTolerance },
    };
  });
}

/** A run that says nothing is nothing to compare with. @throws InputError */
export function validBaseline(file: string): Baseline {
  const baseline = readBaseline(file);
  if (baseline.verdict === 'INVALID')
    throw new InputError(`${file} is of a run that is INVALID: it compares to nothing`);
  return baseline;
}

/** The file that `--baseline` or `--save-baseline` means; null where it was not given. */
export function baselineFile(flag: string | true | undefined, stateDir: string): string | null {
  if (flag === undefined) return null;
  return flag === true ? keptBaseline(stateDir) : flag;
}

/** What is wrong with a file of the user's is wrong usage. */
export function explained<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw new CommandError(exitCodes.usage, error.message, { cause: error });
    throw error;
  }
}
