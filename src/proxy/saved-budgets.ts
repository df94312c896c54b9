import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockClock } from './access-keys/registry/index.ts';
import { Accounts, type BudgetReport, Budgets, SavedBudgets, type SetOrRemove } from './budgets/index.ts';
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

/**
 * Changes them where no proxy runs, and may not have made the directory yet. Of several commands at once, none loses what
 * another wrote.
 * @returns what is wrong with the change, or null
 * @throws RegistryError where others do not let go of the file
 */
export async function changeAtRest(
  { paths, budgets }: ProxyConfig,
  wanted: SetOrRemove,
  clock: LockClock,
): Promise<string | null> {
  await mkdir(paths.dataDir, { recursive: true, mode: 0o700 });
  const { withLockFile } = await import('./access-keys/registry/index.ts');
  return withLockFile(join(paths.dataDir, `${fileName}.lock`), clock, async () => {
    const saved = savedBudgetsIn(paths.dataDir);
    await saved.load(budgets);
    return saved.change(wanted, budgets);
  });
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
