import { oneLine } from './cells.ts';
import { count, dollars } from './format.ts';
import { providerRows } from './providers.ts';
import type { CircuitState, DashboardState } from './state.ts';
import type { Question, View } from './view.ts';

/** Of the limit: so much more is allowed at a time. */
const share = 0.1;

/** What can be done by hand to a circuit breaker that is so. */
const steps: Readonly<Record<CircuitState, { readonly to: 'open' | 'close' | 'auto'; readonly what: string }>> = {
  closed: { to: 'open', what: 'open it: refuse its requests at once' },
  open: { to: 'close', what: 'close it: let all its requests pass' },
  half_open: { to: 'close', what: 'close it: let all its requests pass' },
  forced_open: { to: 'auto', what: 'set it free: it goes by its requests again' },
  forced_closed: { to: 'auto', what: 'set it free: it goes by its requests again' },
};

/** What `B` asks, of the provider under the cursor; or why it cannot. */
export function circuitQuestion(state: DashboardState, { provider }: Pick<View, 'provider'>): Question | string {
  const rows = providerRows(state);
  const row = rows[Math.min(provider, rows.length - 1)];
  if (row === undefined || row.circuit === null) return 'circuit breakers are not available here';
  const { to, what } = steps[row.circuit.state];
  return { text: `breaker of ${oneLine(row.name)}: ${what}?`, action: { type: 'breaker', name: row.name, to } };
}

/** What `A` asks, of the hard budget that has the least left; or why it cannot. */
export function budgetToAllow({ snapshot }: DashboardState): Question | string {
  const accounts = (snapshot?.budgets ?? [])
    .filter(({ mode }) => mode === 'hard')
    .flatMap((budget) => budget.accounts.map((account) => ({ budget, account })));
  const [fullest] = accounts.toSorted((a, b) => b.account.used - a.account.used);
  if (fullest === undefined) return 'there is no hard budget that anybody has spent of';
  const { budget, account } = fullest;
  const once = budget.unit === 'usd' ? budget.limit * share : Math.ceil(budget.limit * share);
  const amount = budget.unit === 'usd' ? dollars(once) : `${count(once)} tokens`;
  const whose = budget.per === 'all' ? '' : ` of ${oneLine(account.subject)}`;
  const text = `budget ${oneLine(budget.name)}${whose}: allow ${amount} more, once?`;
  const subject = budget.per === 'all' ? null : account.subject;
  return { text, action: { type: 'allowBudget', name: budget.name, subject, once } };
}
