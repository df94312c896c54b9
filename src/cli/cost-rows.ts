import type { Grouping, Sum, Sums } from '../proxy/ledger/index.ts';

/** What `cost` tells, ready to be written as a table, as CSV or as JSON. */
export interface CostReport {
  /** Unix milliseconds. */
  readonly since: number;
  readonly until: number;
  readonly by: Grouping;
  /** The dearest first; days in their order. */
  readonly rows: readonly CostRow[];
  readonly total: Sum;
  readonly folded: Sums['folded'];
  readonly isFoldedInRows: boolean;
  /** The date of the price list, or null where it is not known. */
  readonly pricesAsOf: string | null;
}

export interface CostRow {
  /** Null for requests that have no such name. */
  readonly name: string | null;
  readonly sum: Sum;
}

export function costRows({ groups }: Sums, by: Grouping): CostRow[] {
  const rows = [...groups].map(([name, sum]) => ({ name, sum }));
  return rows.sort(by === 'day' ? byName : byCost);
}

/** Part of the input tokens that came from the provider's prompt cache, 0 to 1; null where there was no input. */
export function promptCacheRatio({ tokens }: Pick<Sum, 'tokens'>): number | null {
  const input = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  return input === 0 ? null : tokens.cacheRead / input;
}

/** What is known of the money of a sum: all or some of it, nothing, or that none of it is the user's. */
export function moneyKnown(sum: Pick<Sum, 'requests' | 'unpriced' | 'picodollars'> & Partial<Sum>): MoneyKnown {
  const { requests, unpriced, picodollars, playMoney = 0 } = sum;
  if (requests > 0 && requests === playMoney) return 'none';
  return picodollars === 0n && unpriced > 0 ? 'unknown' : 'known';
}

type MoneyKnown = 'known' | 'unknown' | 'none';

function byName(a: CostRow, b: CostRow): number {
  return (a.name ?? '') < (b.name ?? '') ? -1 : 1;
}

function byCost(a: CostRow, b: CostRow): number {
  const difference = b.sum.picodollars - a.sum.picodollars;
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  return b.sum.requests - a.sum.requests || byName(a, b);
}
