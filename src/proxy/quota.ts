/** So much in each period, as `10000/s` says it. */
export interface Rate {
  readonly amount: number;
  readonly periodMs: number;
}

/** What a limit is counted by: each address, key, … has its own. */
export const limitScopes = ['all', 'ip', 'key', 'project', 'model', 'provider'] as const;
type LimitScope = (typeof limitScopes)[number];

/** A limit on how fast or how many at a time. At least one of `requests`, `tokens` and `concurrent` is set. */
export interface LimitRule {
  /** Stands in refusals and metrics, and tells rules apart. */
  readonly name: string;
  readonly per: LimitScope;
  /** A glob over what it is counted by; null for all. */
  readonly match: string | null;
  readonly requests: Rate | null;
  /** Fresh input, cache writes and output; what was read from a prompt cache is left out, as providers do. */
  readonly tokens: Rate | null;
  /** Requests at the same time. */
  readonly concurrent: number | null;
  /** What may come at once after a pause, in requests, or in tokens where only those are limited; null: one period's amount. */
  readonly burst: number | null;
  /** Only counts what it would have refused. */
  readonly shadow: boolean;
}

export const budgetScopes = ['all', 'key', 'project', 'model', 'session', 'agent'] as const;
type BudgetScope = (typeof budgetScopes)[number];
export const budgetWindows = ['request', 'session', 'day', 'month'] as const;
export type BudgetWindow = (typeof budgetWindows)[number];
export const budgetModes = ['hard', 'soft', 'shadow'] as const;
type BudgetMode = (typeof budgetModes)[number];

/** What may be spent: by one request, in one session, on one day, in one month. */
export interface BudgetRule {
  readonly name: string;
  readonly per: BudgetScope;
  /** A glob over what it is counted by; null for all. */
  readonly match: string | null;
  readonly unit: 'usd' | 'tokens';
  /** Picodollars, or tokens of every class. */
  readonly amount: number;
  readonly window: BudgetWindow;
  readonly mode: BudgetMode;
  /** The output limit in tokens that is put into requests which name none; null leaves them alone. */
  readonly maxOutput: number | null;
  /** What becomes of requests whose price nobody knows, where the budget is hard. */
  readonly unpriced: 'refuse' | 'allow';
}

const periodsMs: Readonly<Record<string, number>> = {
  s: 1000,
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

export const rateExpectation = 'a rate such as 100/s, 400000/min or 5000/h';

/** Reads `AMOUNT/PERIOD`, a whole amount of at least 1; null where it is none. */
export function rateFrom(text: string): Rate | null {
  const [, amount = '', period = ''] = /^([1-9]\d{0,11}) ?\/ ?([a-z]+)$/.exec(text) ?? [];
  const periodMs = periodsMs[period];
  return periodMs === undefined ? null : { amount: Number(amount), periodMs };
}

/** As a user would write it. */
export function rateText({ amount, periodMs }: Rate): string {
  const period = Object.entries(periodsMs).find(([name, ms]) => ms === periodMs && name !== 'sec')?.[0];
  return `${amount}/${period ?? `${periodMs} ms`}`;
}

/** More than that is not counted exactly. */
export const maxDollars = 9_000;
const picodollarsPerDollar = 1e12;

/** Dollars as picodollars; null for what is no amount, or more than can be counted exactly. */
export function picodollarsFrom(usd: number): number | null {
  if (!Number.isFinite(usd) || usd <= 0 || usd > maxDollars) return null;
  return Math.round(usd * picodollarsPerDollar);
}
