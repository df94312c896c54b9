import { oneLine } from '../../tui/cells.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import type { Finding } from './check.ts';
import type { CheckResult } from './run-checks.ts';

/** A finding that `--fix` can mend, in what tokenpak itself has written. */
export function mendable(finding: Finding, question: string, run: () => Promise<void>): Finding {
  return { ...finding, fix: { commands: finding.fix?.commands ?? [], apply: { question, run } } };
}

/**
 * Asks for each thing that can be mended, and mends it. Gives the ids of the checks that are to be asked again.
 *
 * @throws CommandError where nobody is there to be asked.
 */
export async function applyFixes(results: readonly CheckResult[], terminal: Terminal): Promise<string[]> {
  const mended: string[] = [];
  for (const { id, fix } of results) {
    if (!fix?.apply) continue;
    if (terminal.ask === null) throw new CommandError(exitCodes.usage, nobodyThere);
    if (!(await terminal.ask(fix.apply.question))) continue;
    try {
      await fix.apply.run();
    } catch (error) {
      terminal.warn(`${id} is as it was: ${oneLine((error as Error).message)}`);
      continue;
    }
    mended.push(id);
  }
  return mended;
}

const nobodyThere = '--fix asks before it changes anything, and there is no terminal to answer on: nothing was changed';
