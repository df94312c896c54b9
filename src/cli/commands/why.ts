import { Command } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { createLedgerReader } from '../../proxy/ledger/index.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { whyLines, type WhyReport } from '../why-lines.ts';

export function whyCommand({ terminal, globals }: CommandContext): Command {
  return new Command('why')
    .description(
      'How a request came to be answered, or refused, as it was: its rule, targets, circuit breakers, limits, budgets and attempts. It reads the ledger, so no proxy needs to run.',
    )
    .argument('<id>', 'of the request, as in x-tokenpak-request-id: tp_…')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ tokenpak why tp_0mcw1x7k2q8r4t6v9y3z5b7d\n  $ tokenpak why last')
    .action(async (id: string, { json }: { readonly json?: true }) => {
      const { dataDir } = resolvePaths({ env: process.env, ...globals() });
      const reader = createLedgerReader(dataDir);
      const entry = id === 'last' ? await reader.newest() : await reader.find(id);
      if (entry === null) throw new CommandError(exitCodes.failed, `the ledger has no request ${id}`);
      const { request, error, why } = entry;
      if (json) return terminal.json({ version: 1, request, error, why });
      for (const line of whyLines({ request, error, why } as unknown as WhyReport)) terminal.print(line);
    });
}
