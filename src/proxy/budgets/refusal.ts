import { ProxyError } from '../errors.ts';
import type { Target } from '../exchange.ts';
import type { BudgetRule } from '../quota.ts';
import { printableName } from '../printable-name.ts';
import { amountText, amountValue, resetText } from './amounts.ts';

/** What a budget had to say against a request. */
export interface Shortage {
  readonly rule: BudgetRule;
  readonly subject: string;
  readonly window: string;
  readonly left: number;
  /** The most that the request can come to; null where nobody knows. */
  readonly needed: number | null;
  readonly target: Target;
}

/** Names the budget, what is left, what was needed, when it begins anew and what helps at once. */
export function refusal(shortage: Shortage): ProxyError {
  const { rule, subject, left, needed } = shortage;
  const who = rule.per === 'all' ? '' : ` of ${subject}`;
  const total = amountText(rule.unit, rule.amount);
  const budget = `the budget ${rule.name}${who}`;
  if (needed === null && left > 0) return new ProxyError('budget_exhausted', unknown(shortage, budget));
  const need = needed === null ? 'costs nobody knows what' : `may take ${amountText(rule.unit, needed)}`;
  const room = amountText(rule.unit, Math.max(0, left));
  if (rule.window === 'request') {
    const advice = 'ask for less output, or raise the budget';
    return new ProxyError(
      'budget_exhausted',
      `${budget} allows ${total} for each request, and this one ${need}; ${advice}`,
    );
  }
  return new ProxyError(
    'budget_exhausted',
    `${budget} has ${room} of ${total} left, and the request ${need}; ${anew(shortage)}. ` +
      `To allow more once: tokenpak budget allow ${rule.name} --once ${onceAmount(shortage)}`,
  );
}

function unknown({ rule, target }: Shortage, budget: string): string {
  const what =
    target.model === null || rule.unit === 'tokens'
      ? 'what this request uses'
      : `the price of ${printableName(target.model)}`;
  return (
    `${budget} refuses what it cannot count: ${what} at ${target.provider} is not known. ` +
    'Add a price row (tokenpak prices), or set unpriced: allow in the budget'
  );
}

function anew({ rule, window }: Shortage): string {
  const reset = resetText(window);
  return reset === null ? `it holds for the whole ${rule.window}` : `it resets at ${reset}`;
}

/** Whole dollars or tokens that would let this request pass. */
function onceAmount({ rule, left, needed }: Shortage): number {
  return Math.max(1, Math.ceil(amountValue(rule.unit, (needed ?? 0) - left)));
}
