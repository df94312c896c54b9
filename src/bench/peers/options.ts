import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';
import type { PeerPlan } from './measure.ts';

export interface PeersOptions {
  readonly plan: PeerPlan;
  readonly quick: boolean;
  readonly format: 'text' | 'md';
  /** Where the user has installed npm packages to compare with. */
  readonly peersDirectory: string | null;
  /** The command of Python's TokenPak. */
  readonly pythonTokenpak: string | null;
}

const full: PeerPlan = { rounds: 5, warmUpMs: 4000, closedLoopMs: 4000, turns: 10, streamSeconds: 10 };
const quick: PeerPlan = { rounds: 2, warmUpMs: 1500, closedLoopMs: 1000, turns: 3, streamSeconds: 2 };

export const usage = `npm run bench:peers -- [--quick] [--format text|md] [--peers-dir DIR] [--python-tokenpak CMD]

  --quick                  a short run for a first look
  --format text|md         md is the table of docs/benchmarks.md
  --peers-dir DIR          where 'npm install --prefix DIR @portkey-ai/gateway' was run
  --python-tokenpak CMD    the 'tokenpak' of Python's package
  nginx, haproxy and litellm are taken from the PATH`;

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { quick: flag, help: flag, format: text, 'peers-dir': text, 'python-tokenpak': text };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Reads the command line; null where help was asked for. Throws a `UsageError`. */
export function parseOptions(args: readonly string[]): PeersOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const { format = 'text' } = values;
  if (format !== 'text' && format !== 'md') throw new UsageError(`--format takes text or md, not '${format}'`);
  return {
    ...{ plan: values.quick ? quick : full, quick: values.quick, format },
    peersDirectory: values['peers-dir'] ?? null,
    pythonTokenpak: values['python-tokenpak'] ?? null,
  };
}
