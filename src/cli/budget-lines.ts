import type { BudgetReport } from '../proxy/budgets/index.ts';
import { count, dollars } from '../tui/format.ts';
import { plainText } from '../tui/plain-text.ts';

const shownSubjects = 5;

/** How each budget stands, for people: a line for the budget, and one for each of its fullest subjects. */
export function budgetLines(budgets: readonly BudgetReport[]): string[] {
  return budgets.flatMap((budget) => {
    const { name, per, match, window, mode, limit, subjects, accounts } = budget;
    const amount = amountOf(budget.unit);
    const of = match === null ? per : `${per} ${plainText(match)}`;
    const counts = [
      ...(budget.refused > 0 ? [`${budget.refused} refused`] : []),
      ...(budget.would_refuse > 0 ? [`${budget.would_refuse} would be refused`] : []),
      ...(budget.overshot > 0 ? [`${budget.overshot} overshot`] : []),
    ];
    const head = [`${name}  ${amount(limit)} per ${of}, each ${window}, ${mode}`, ...counts].join(', ');
    const rows = accounts.slice(0, shownSubjects).map((account) => accountLine(account, amount));
    const more = subjects - rows.length;
    return [head, ...rows, ...(more > 0 ? [`  and ${more} more`] : [])];
  });
}

function accountLine(account: BudgetReport['accounts'][number], amount: (value: number) => string): string {
  const { subject, spent, reserved, granted, left, used, resets } = account;
  const parts = [
    `${amount(spent)} spent`,
    ...(reserved > 0 ? [`${amount(reserved)} held`] : []),
    `${amount(left)} left`,
  ];
  if (granted > 0) parts.push(`${amount(granted)} allowed on top`);
  if (resets !== null) parts.push(`resets ${resets}`);
  return `  ${plainText(subject).padEnd(24)} ${`${Math.round(used * 100)} %`.padStart(5)}  ${parts.join(', ')}`;
}

function amountOf(unit: BudgetReport['unit']): (value: number) => string {
  return unit === 'usd' ? dollars : (tokens) => `${count(tokens)} tokens`;
}
