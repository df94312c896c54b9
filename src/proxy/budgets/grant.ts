import { type BudgetRule, picodollarsFrom } from '../quota.ts';

/** Dollars or tokens as they are counted; null for what is no amount. */
export function amountFrom(unit: BudgetRule['unit'], value: number): number | null {
  if (unit === 'usd') return picodollarsFrom(value);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
}
