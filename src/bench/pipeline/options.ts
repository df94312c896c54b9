import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

export interface PipelineOptions {
  readonly seconds: number;
  readonly runs: number;
}

export const usage = `npm run bench:pipeline -- [--seconds N] [--runs N]

  --seconds N    how long each run takes (10)
  --runs N       how many of them (5)`;

/** Reads the command line; null where help was asked for. Throws a `UsageError`. */
export function parseOptions(args: readonly string[]): PipelineOptions | null {
  const text = { type: 'string' } as const;
  const options = { seconds: text, runs: text, help: { type: 'boolean', default: false } } as const;
  const { values } = parsed(() => parseArgs({ args: [...args], options }));
  if (values.help) return null;
  return { seconds: wholeNumber('--seconds', values.seconds, 10), runs: wholeNumber('--runs', values.runs, 5) };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(name: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 3600) return value;
  throw new UsageError(`${name} takes a whole number from 1 to 3600, not '${text}'`);
}
