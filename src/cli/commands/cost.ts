import { Command, Option } from 'commander';
import { resolvePaths } from '../../proxy/config/index.ts';
import { type Grouping, groupings, sumLedger } from '../../proxy/ledger/index.ts';
import { shippedPrices } from '../../proxy/token-counter/prices/load.ts';
import type { CommandContext } from '../command-context.ts';
import { costCsv } from '../cost-csv.ts';
import { costJson } from '../cost-json.ts';
import { costLines } from '../cost-lines.ts';
import { costRows } from '../cost-rows.ts';
import { sinceOption, startOfDay } from '../since.ts';

interface CostOptions {
  readonly since?: number;
  readonly by: Grouping;
  readonly json?: true;
  readonly csv?: true;
}

const examples = `
Examples:
  $ tokenpak cost --since 7d --by agent
  $ tokenpak cost --since 2026-11-01 --by day --csv`;

export function costCommand({ terminal, globals }: CommandContext): Command {
  return new Command('cost')
    .description('What requests cost and saved, from the ledger: no proxy needs to run.')
    .addOption(sinceOption('30m, 7d, today, yesterday, a date (default: today)'))
    .addOption(new Option('--by <what>', 'a row for each').choices(groupings).default('model'))
    .option('--json', 'as JSON')
    .addOption(new Option('--csv', 'as CSV').conflicts('json'))
    .addHelpText('after', examples)
    .action(async ({ since: asked, by, json, csv }: CostOptions) => {
      const { dataDir } = resolvePaths({ env: process.env, ...globals() });
      const until = Date.now();
      const since = asked ?? startOfDay(until);
      const [sums, prices] = await Promise.all([sumLedger(dataDir, { since, by }), shippedPrices().catch(() => null)]);
      const report = {
        ...{ since, until, by, rows: costRows(sums, by), total: sums.total, folded: sums.folded },
        isFoldedInRows: sums.isFoldedInGroups,
        pricesAsOf: prices?.as_of ?? null,
      };
      if (json) return terminal.json(costJson(report));
      for (const line of csv ? costCsv(report) : costLines(report)) terminal.print(line);
    });
}
