import { Command, Option } from 'commander';
import { compareRuns } from '../../bench/judge/compare.ts';
import { readSla, shippedSla } from '../../bench/judge/sla.ts';
import { snakeCased } from '../../bench/print/snake-case.ts';
import { baselineLine } from '../../bench/print/text-judged.ts';
import { oneLine, paintLine } from '../../tui/cells.ts';
import { createPaint } from '../../tui/palette.ts';
import { share } from '../bench-options.ts';
import { explained, validBaseline } from '../bench-standards.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';

interface CompareOptions {
  readonly threshold: number;
  readonly json?: true;
}

/** Two reports beside each other; ends with 1 where a figure is worse by more than the threshold. */
export function benchCompareCommand({ terminal }: CommandContext): Command {
  return new Command('compare')
    .description('Compare two reports of tokenpak bench (--json, or a saved baseline).')
    .argument('<baseline>', 'the earlier one')
    .argument('<current>', 'the later one')
    .addOption(new Option('--threshold <share>', 'how much worse is too much').argParser(share).default(0.1, '10%'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ tokenpak bench compare baseline.json current.json --threshold 10%')
    .action((before: string, now: string, _: unknown, command: Command) => {
      // `bench` has a --json of its own, and takes it wherever it stands.
      const { threshold, json } = command.optsWithGlobals<CompareOptions>();
      const [earlier, later, targets] = explained(() => [
        ...([validBaseline(before), validBaseline(now)] as const),
        readSla(shippedSla),
      ]);
      const comparison = compareRuns(earlier, later, { tolerance: threshold, targets });
      const isWorse = comparison.results.some(({ verdict }) => verdict === 'fail');
      const verdict = comparison.results.length === 0 ? 'INVALID' : isWorse ? 'FAIL' : 'PASS';
      if (json) {
        terminal.json({ version: 1, verdict, ...(snakeCased(comparison) as object) });
      } else {
        const paint = createPaint(terminal.color);
        terminal.print(`${oneLine(before)} (${earlier.run.at})  ->  ${oneLine(now)} (${later.run.at})`);
        for (const result of comparison.results) terminal.print(paintLine(baselineLine(result), paint));
        for (const note of comparison.notes) terminal.print(`  ${oneLine(note)}`);
        terminal.print(verdict);
      }
      if (verdict !== 'PASS') throw new CommandError(exitCodes.failed, '');
    });
}
