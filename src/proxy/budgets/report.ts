import type { BudgetRule } from '../quota.ts';
import type { Account } from './account.ts';
import { amountValue, resetText } from './amounts.ts';
import type { Book } from './book.ts';
import type { Windows } from './windows.ts';

/** So many subjects of a budget are told of: those that have used the largest share. */
const maxShown = 20;

/** A budget and how it stands; amounts are dollars, or tokens, as `unit` says. */
export interface BudgetReport {
  readonly name: string;
  readonly per: BudgetRule['per'];
  readonly match: string | null;
  readonly unit: BudgetRule['unit'];
  readonly limit: number;
  readonly window: BudgetRule['window'];
  readonly mode: BudgetRule['mode'];
  /** Subjects that have an account in the window that it is now. */
  readonly subjects: number;
  readonly spent: number;
  readonly refused: number;
  readonly would_refuse: number;
  readonly overshot: number;
  readonly accounts: readonly AccountReport[];
}

interface AccountReport {
  readonly subject: string;
  readonly spent: number;
  readonly reserved: number;
  readonly granted: number;
  readonly left: number;
  /** Of what may be spent; 1 is all of it. */
  readonly used: number;
  readonly resets: string | null;
}

export function budgetReport(book: Book, rule: BudgetRule, windows: Windows, wallMs: number): BudgetReport {
  const { name, per, match, unit, amount, window, mode } = rule;
  const now = windows.at(window, wallMs);
  const current = [...book.accounts].filter((account) => account.window >= now);
  const shown = current.toSorted((a, b) => b.usedPercent(amount) - a.usedPercent(amount)).slice(0, maxShown);
  return {
    ...{ name, per, match, unit, limit: amountValue(unit, amount), window, mode, subjects: current.length },
    spent: amountValue(
      unit,
      current.reduce((sum, { spent }) => sum + spent, 0),
    ),
    ...{ refused: book.refused, would_refuse: book.wouldRefuse, overshot: book.overshot },
    accounts: shown.map((account) => accountReport(account, rule)),
  };
}

function accountReport(account: Account, { unit, amount }: BudgetRule): AccountReport {
  const value = (part: number): number => amountValue(unit, Math.max(0, part));
  return {
    subject: account.subject,
    spent: value(account.spent),
    reserved: value(account.reserved),
    granted: value(account.granted),
    left: value(account.left(amount)),
    used: Math.max(0, Math.round(account.usedPercent(amount) * 100) / 10_000),
    resets: resetText(account.window),
  };
}
