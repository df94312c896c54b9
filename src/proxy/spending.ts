import { isObject } from './json.ts';
import { jsonText } from './json-text.ts';
import type { BudgetFacts, RequestRecord } from './record.ts';

/** What one request adds to one account: picodollars or tokens. */
export interface Charge {
  /** Which budget, told apart from others of its name by what it counts. */
  readonly account: string;
  readonly subject: string;
  /** The day, the month, or '' where the account knows no dates. */
  readonly window: string;
  readonly amount: number;
}

/** What a user, or the beginning of a budget, changes in an account. */
export interface Adjustment {
  readonly account: string;
  /** Null: every subject of the budget. */
  readonly subject: string | null;
  readonly window: string;
  /** What was spent before the budget began. */
  readonly spent: number;
  /** What may be spent once on top. */
  readonly granted: number;
  /** All that was spent and granted until then is forgotten first. */
  readonly isReset: boolean;
}

/** Follows what the ledger counts: what it holds is saved with the ledger's totals, and goes on from there. */
export interface Spending {
  readonly charge: (charges: readonly Charge[], sign: 1 | -1) => void;
  readonly adjust: (adjustment: Adjustment) => void;
  /** All accounts, as JSON. */
  readonly json: () => unknown;
  /** Takes in what an earlier run saved; false, and nothing taken, where it is damaged. */
  readonly load: (json: unknown) => boolean;
}

/** What a request that has ended is charged with. */
export function chargesOf(record: RequestRecord): Charge[] {
  const { budgets } = record;
  if (budgets.length === 0) return none;
  const charges: Charge[] = [];
  for (const facts of budgets) {
    const amount = facts.isAlone ? 0 : spentOf(record, facts);
    if (amount > 0) charges.push({ account: facts.budget, subject: facts.subject, window: facts.window, amount });
  }
  return charges;
}

/** What a request comes to for a budget: picodollars or tokens. */
export function spentOf({ cost, tokens }: RequestRecord, { unit, charged }: BudgetFacts): number {
  if (charged !== null) return charged;
  return unit === 'usd' ? (cost.picodollars ?? 0) : tokens === null ? 0 : allTokens(tokens);
}

/** What is held for a request that is on its way, as a member of a line: should it never end, nobody knows what it came to. */
export function heldMember({ budgets }: RequestRecord): string {
  let list = '';
  for (const { names, isAlone, reserved } of budgets) {
    if (!isAlone && reserved > 0) list += `${list === '' ? '' : ','}[${names},${reserved}]`;
  }
  return list === '' ? '' : `,"held":[${list}]`;
}

/** What its budgets made of a request that has ended, and what they are charged with, so that they can be added up again. */
export function budgetsMember(record: RequestRecord): string {
  const { budgets } = record;
  if (budgets.length === 0) return '';
  let list = '';
  for (const facts of budgets) {
    const { names, isAlone, mode, verdict, reserved, left } = facts;
    const amount = isAlone ? 0 : spentOf(record, facts);
    const charged = amount > 0 ? amount : null;
    list += `${list === '' ? '' : ','}[${names},${charged},"${mode}","${verdict}",${reserved},${left}]`;
  }
  return `,"budgets":[${list}]`;
}

const none: Charge[] = [];

type Tokens = NonNullable<RequestRecord['tokens']>;

/** Tokens of every class. */
export function allTokens({ input, cacheRead, cacheWrite, output }: Tokens): number {
  return input + cacheRead + cacheWrite + output;
}

/** `BudgetFacts.names`. */
export function namesJson(budget: string, subject: string, window: string): string {
  return `${jsonText(budget)},${jsonText(subject)},${jsonText(window)}`;
}

/** Reads charges back; what is none is left out. */
export function chargesFrom(json: unknown): Charge[] {
  if (!Array.isArray(json)) return none;
  return json.flatMap((entry: unknown) => {
    const [account, subject, window, amount] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof account !== 'string' || typeof subject !== 'string' || typeof window !== 'string') return [];
    return isAmount(amount) ? [{ account, subject, window, amount }] : [];
  });
}

/** Charges of a crashed request as the facts of its record. */
export function factsOfHeld(charges: readonly Charge[]): BudgetFacts[] {
  return charges.map(({ account, subject, window, amount }) => ({
    ...{ budget: account, subject, window, names: namesJson(account, subject, window), isAlone: false },
    ...{ unit: 'usd', mode: 'hard', verdict: 'passed', reserved: amount, left: 0, charged: amount },
  }));
}

/** The members of an adjustment's line. */
export function adjustmentMembers(adjustment: Adjustment): string {
  const { account, subject, window, spent, granted, isReset } = adjustment;
  return JSON.stringify({ account, subject, window, spent, granted, reset: isReset }).slice(1, -1);
}

export function adjustmentFrom(members: unknown): Adjustment | null {
  if (!isObject(members)) return null;
  const { account, subject, window, spent, granted, reset } = members;
  if (typeof account !== 'string' || typeof window !== 'string' || typeof reset !== 'boolean') return null;
  if ((subject !== null && typeof subject !== 'string') || !isAmount(spent) || !isAmount(granted)) return null;
  return { account, subject, window, spent, granted, isReset: reset };
}

/** Picodollars or tokens: a whole number from 0 on that is counted exactly. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
