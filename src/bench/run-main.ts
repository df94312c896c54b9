import { UsageError } from './options.ts';

/** One program of the benchmark. */
export interface Program<Options> {
  readonly usage: string;
  /** Null where help was asked for. Throws a `UsageError`. */
  readonly parseOptions: (args: readonly string[]) => Options | null;
  /** @returns the exit code */
  readonly run: (options: Options, progress: (text: string) => void) => Promise<number>;
}

/** One line that is written over, and only where somebody watches. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function exitCode<Options>({ usage, parseOptions, run }: Program<Options>): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== null) return await run(options, progress);
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

/** Runs it and ends the process. What it has started is killed, and scratch homes are removed, when the process exits. */
export async function runMain<Options>(program: Program<Options>): Promise<never> {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.exit(await exitCode(program));
}
