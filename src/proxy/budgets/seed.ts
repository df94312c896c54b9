import type { BudgetRule } from '../quota.ts';
import { globMatcher } from '../glob.ts';
import { firstDayOf } from './windows.ts';

/** What the ledger knows of one day, by names. */
interface KnownDay {
  readonly rows: readonly KnownRow[];
}

interface KnownRow {
  readonly model: string | null;
  readonly project: string | null;
  readonly provider: string | null;
  readonly cost_picodollars: string;
  readonly tokens: {
    readonly input: number;
    readonly cache_read: number;
    readonly cache_write: number;
    readonly output: number;
  };
}

export interface SeedParts {
  /** Each day from this one on. */
  readonly days: (since: string) => readonly KnownDay[];
  readonly isPlayMoney: (provider: string) => boolean;
}

/**
 * What was spent in a window before its budget was made, by subject: a budget that is set at noon counts the morning.
 * Nothing where the ledger's totals do not tell it.
 */
export function spentBefore(rule: BudgetRule, window: string, { days, isPlayMoney }: SeedParts): Map<string, number> {
  const spent = new Map<string, number>();
  const nameOf = names[rule.per];
  if (window === '' || nameOf === undefined) return spent;
  const matches = globMatcher(rule.match ?? '*');
  for (const row of days(firstDayOf(window)).flatMap(({ rows }) => rows)) {
    const subject = nameOf(row) ?? 'none';
    if (!matches(subject) || isPlayMoney(row.provider ?? '')) continue;
    const amount = amountOf(row, rule);
    if (amount > 0) spent.set(subject, (spent.get(subject) ?? 0) + amount);
  }
  return spent;
}

const names: Partial<Record<BudgetRule['per'], (row: KnownRow) => string | null>> = {
  all: () => 'all',
  model: ({ model }) => model,
  project: ({ project }) => project,
};

function amountOf({ cost_picodollars: cost, tokens }: KnownRow, { unit }: BudgetRule): number {
  const { input, cache_read: read, cache_write: write, output } = tokens;
  return unit === 'usd' ? Number(cost) : input + read + write + output;
}
