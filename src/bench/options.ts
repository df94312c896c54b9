import { parseArgs } from 'node:util';
import { scenarioNames, type ScenarioName } from './plan.ts';

export interface BenchOptions {
  readonly quick: boolean;
  /** One scenario alone, or null for all that are not asked for by name only. */
  readonly only: ScenarioName | null;
  /** Null: as many as the plan says. */
  readonly rounds: number | null;
  readonly jsonFile: string | null;
}

/** A command line that cannot be followed; its message says why. */
export class UsageError extends Error {}

export const usage = `npm run bench -- [--quick] [--only NAME] [--rounds N] [--json FILE]

  --quick        a short run for a first look, with few rounds
  --only NAME    one of: ${scenarioNames.join(', ')}
                 (stages, users who come and go for four minutes, and dashboard, the screen
                 with and without load for a quarter of an hour, run only by their names)
  --rounds N     measure each thing N times (5 or more for an interval worth the name)
  --json FILE    write the figures to a file, too`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        rounds: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseRounds(text: string | undefined): number | null {
  if (text === undefined) return null;
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 99) return rounds;
  throw new UsageError(`--rounds takes a whole number from 1 to 99, not '${text}'`);
}

/** Reads the command line; null where help was asked for. Throws a `UsageError`. */
export function parseOptions(args: readonly string[]): BenchOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const only = scenarioNames.find((name) => name === values.only);
  if (values.only !== undefined && only === undefined) {
    throw new UsageError(`--only takes one of ${scenarioNames.join(', ')}, not '${values.only}'`);
  }
  return {
    quick: values.quick,
    only: only ?? null,
    rounds: parseRounds(values.rounds),
    jsonFile: values.json ?? null,
  };
}
