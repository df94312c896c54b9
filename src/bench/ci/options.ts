import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

export interface CiOptions {
  /** Write the baseline instead of judging by it. */
  readonly save: boolean;
}

export const usage = `npm run bench:ci -- [--save]

  --save    write docs/baseline.json and docs/BASELINE.md from this run, on a machine that does nothing else`;

/** Reads the command line; null where help was asked for. Throws a `UsageError`. */
export function parseOptions(args: readonly string[]): CiOptions | null {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { save: flag, help: flag } });
    return values.help ? null : { save: values.save };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
