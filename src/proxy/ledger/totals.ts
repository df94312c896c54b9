import type { Tokens } from '../token-counter/usage.ts';
import { type Contribution, integerFrom, isCount, tokensFrom } from './contribution.ts';
import { isObject } from '../json.ts';

/** Sums over requests of one day that share model, provider and project. */
export interface Totals {
  requests: number;
  errors: number;
  readonly tokens: { -readonly [Class in keyof Tokens]: number };
  /** Of the requests whose price is known, play money left out. */
  picodollars: bigint;
  savedPicodollars: bigint;
  unpriced: number;
  estimated: number;
}

/** The same as JSON, in the checkpoint as in reports. */
export interface TotalsJson {
  readonly requests: number;
  readonly errors: number;
  readonly tokens: {
    readonly input: number;
    readonly cache_read: number;
    readonly cache_write: number;
    readonly cache_write_1h: number;
    readonly output: number;
    readonly reasoning: number;
  };
  readonly cost_usd: number;
  readonly cost_picodollars: string;
  readonly saved_usd: number;
  readonly saved_picodollars: string;
  readonly unpriced: number;
  readonly estimated: number;
}

export function emptyTotals(): Totals {
  return {
    requests: 0,
    errors: 0,
    tokens: { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 },
    picodollars: 0n,
    savedPicodollars: 0n,
    unpriced: 0,
    estimated: 0,
  };
}

/** Adds what a request came to, or takes it away again. */
export function count(
  totals: Totals,
  contribution: Contribution,
  { sign, money }: { sign: 1 | -1; money: boolean },
): void {
  totals.requests += sign;
  if (contribution.isError) totals.errors += sign;
  if (contribution.isEstimated) totals.estimated += sign;
  if (contribution.tokens) addTokens(totals.tokens, contribution.tokens, sign);
  if (!money) return;
  if (contribution.isUnpriced) totals.unpriced += sign;
  totals.picodollars += sign === 1 ? contribution.picodollars : -contribution.picodollars;
  totals.savedPicodollars += sign === 1 ? contribution.savedPicodollars : -contribution.savedPicodollars;
}

/** Adds sums to sums. */
export function merge(into: Totals, other: Totals): void {
  into.requests += other.requests;
  into.errors += other.errors;
  addTokens(into.tokens, other.tokens, 1);
  into.picodollars += other.picodollars;
  into.savedPicodollars += other.savedPicodollars;
  into.unpriced += other.unpriced;
  into.estimated += other.estimated;
}

function addTokens(sum: Totals['tokens'], tokens: Tokens, sign: 1 | -1): void {
  sum.input += sign * tokens.input;
  sum.cacheRead += sign * tokens.cacheRead;
  sum.cacheWrite += sign * tokens.cacheWrite;
  sum.cacheWrite1h += sign * tokens.cacheWrite1h;
  sum.output += sign * tokens.output;
  sum.reasoning += sign * tokens.reasoning;
}

export function totalsJson(totals: Totals): TotalsJson {
  const { tokens } = totals;
  return {
    requests: totals.requests,
    errors: totals.errors,
    tokens: {
      input: tokens.input,
      cache_read: tokens.cacheRead,
      cache_write: tokens.cacheWrite,
      cache_write_1h: tokens.cacheWrite1h,
      output: tokens.output,
      reasoning: tokens.reasoning,
    },
    cost_usd: Number(totals.picodollars) / 1e12,
    cost_picodollars: String(totals.picodollars),
    saved_usd: Number(totals.savedPicodollars) / 1e12,
    saved_picodollars: String(totals.savedPicodollars),
    unpriced: totals.unpriced,
    estimated: totals.estimated,
  };
}

/** Reads totals back; null where they are not what `totalsJson` gives. The rounded dollars are not looked at. */
export function totalsFrom(json: unknown): Totals | null {
  if (!isObject(json)) return null;
  const { requests, errors, unpriced, estimated } = json;
  const tokens = tokensFrom(json['tokens']);
  const picodollars = integerFrom(json['cost_picodollars']);
  const savedPicodollars = integerFrom(json['saved_picodollars']);
  if (!isCount(requests) || !isCount(errors) || !isCount(unpriced) || !isCount(estimated)) return null;
  if (!tokens || picodollars == null || savedPicodollars == null) return null;
  return { requests, errors, tokens, picodollars, savedPicodollars, unpriced, estimated };
}
