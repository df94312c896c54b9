import { holdsOn, priceChanges, rowOn } from './compare.ts';
import { overriding } from './load.ts';
import type { PriceFile, PriceRow } from './price-row.ts';

const dayMs = 24 * 60 * 60 * 1000;
const soonDays = 30;

/** What a user should know of the prices that count, a line each. */
export function checkPrices(shipped: PriceFile, own: PriceFile | null, nowMs: number): string[] {
  const day = dayOf(nowMs);
  const ownRows = own?.rows ?? [];
  return [
    `shipped rows: ${shipped.rows.length}, of ${shipped.as_of}`,
    ...(own ? [`your rows: ${ownRows.length}, of ${own.as_of}`] : []),
    ...ownRows.filter((row) => holdsOn(row, day)).flatMap((row) => againstShipped(row, shipped.rows, day)),
    ...soon(overriding(shipped.rows, ownRows), nowMs),
  ];
}

/** A day in UTC, as `YYYY-MM-DD`. */
export function dayOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

function againstShipped(row: PriceRow, shipped: readonly PriceRow[], day: string): string[] {
  const known = rowOn(shipped, row, day);
  if (known === undefined) return [];
  const changes = priceChanges(known, row, 'all');
  const name = `${row.provider} ${row.id}`;
  return [
    changes === '' ? `${name}: your row says what the shipped one says` : `${name}: your row differs: ${changes}`,
  ];
}

/** What changes or ends within a month. */
function soon(rows: readonly PriceRow[], nowMs: number): string[] {
  const today = dayOf(nowMs);
  const limit = dayOf(nowMs + soonDays * dayMs);
  const isSoon = (day: string | null | undefined): day is string => day != null && day > today && day <= limit;
  return rows.flatMap((row) => {
    const name = `${row.provider} ${row.id}`;
    const changes = isSoon(row.to) && holdsOn(row, today) ? [`${name}: ${endOf(row, row.to, rows)}`] : [];
    const modes = Object.entries(row.modes ?? {}).flatMap(([mode, price]) => {
      const next = Array.isArray(price) ? price.find(({ from }) => isSoon(from)) : undefined;
      return next ? [`${name}: the mode ${mode} costs ${next.multiplier} times the price from ${next.from} on`] : [];
    });
    return [...changes, ...modes];
  });
}

function endOf(row: PriceRow, day: string, rows: readonly PriceRow[]): string {
  const next = rowOn(rows, row, day);
  if (next === undefined) return `no price is known from ${day} on`;
  return `changes on ${day}: ${priceChanges(row, next, 'all') || 'not in its prices'}`;
}
