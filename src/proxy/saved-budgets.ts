import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Accounts, type BudgetReport, Budgets, SavedBudgets } from './budgets/index.ts';
import { systemClock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import { durableJsonFile } from './durable-json-file.ts';
import { systemFiles } from './file-system.ts';
import { isObject } from './json.ts';
import { totalsFileName } from './ledger/index.ts';

const fileName = 'budgets.json';

/** The budgets that commands have set, in the file of a data directory. */
export function savedBudgetsIn(directory: string): SavedBudgets {
  const path = join(directory, fileName);
  const temporaryPath = `${path}.tmp`;
  const render = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;
  return new SavedBudgets(durableJsonFile({ path, temporaryPath, files: systemFiles, render }));
}

/** The same, where no proxy has made the directory yet. */
export async function preparedSavedBudgets(directory: string): Promise<SavedBudgets> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return savedBudgetsIn(directory);
}

/** How the budgets of a configuration stood when the last proxy saved its totals, for when none runs. */
export async function budgetsAtRest({ paths, budgets, demo }: ProxyConfig): Promise<BudgetReport[]> {
  const wall = systemClock.wall;
  const accounts = new Accounts(wall);
  accounts.load(await savedAccounts(paths.dataDir));
  const saved = savedBudgetsIn(paths.dataDir);
  await saved.load(budgets);
  const all = new Budgets({
    ...{ accounts, saved, wall, adjusted: (adjustment) => accounts.adjust(adjustment), notice: () => undefined },
    ...{ days: () => [], isPlayMoney: () => demo, written: (run) => run() },
  });
  all.configure(budgets);
  return all.report();
}

async function savedAccounts(directory: string): Promise<unknown> {
  const path = join(directory, totalsFileName);
  const file = durableJsonFile<unknown>({ path, temporaryPath: path, files: systemFiles, render: String });
  const totals = await file.read().catch(() => null);
  return isObject(totals) ? totals['budgets'] : null;
}
