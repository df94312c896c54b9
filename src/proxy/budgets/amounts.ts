import type { BudgetRule } from '../quota.ts';
import { endOf } from './windows.ts';

const picodollarsPerDollar = 1e12;

/** `$4.18`, `$0.0031`, `1200 tokens`. */
export function amountText(unit: BudgetRule['unit'], amount: number): string {
  if (unit === 'tokens') return `${amount} tokens`;
  const usd = Math.abs(amount) / picodollarsPerDollar;
  return `${amount < 0 ? '-' : ''}$${usd.toFixed(usd === 0 || usd >= 0.1 ? 2 : 4)}`;
}

/** Dollars, or tokens as they are. */
export function amountValue(unit: BudgetRule['unit'], amount: number): number {
  return unit === 'usd' ? amount / picodollarsPerDollar : amount;
}

/** When a window ends, by the machine's own clock: `2026-11-27T00:00:00+01:00`; null where no date ends it. */
export function resetText(window: string): string | null {
  const end = endOf(window);
  if (end === null) return null;
  const offset = -new Date(end).getTimezoneOffset();
  const local = new Date(end + offset * 60_000).toISOString().slice(0, 19);
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) =>
    String(n).padStart(2, '0'),
  );
  return `${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}
