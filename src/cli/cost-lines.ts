import type { Sum } from '../proxy/ledger/index.ts';
import { cellWidth, left, oneLine, right } from '../tui/cells.ts';
import { count, dollars } from '../tui/format.ts';
import { type CostReport, moneyKnown, promptCacheRatio } from './cost-rows.ts';

type Totals = Omit<Sum, 'playMoney' | 'subscription'> & Partial<Sum>;

const headings = ['requests', 'new', 'cached', 'written', 'out', 'cost', 'saved', 'cache'];
const widths = [9, 8, 8, 8, 8, 11, 11, 6];
const maxNameCells = 30;
const none = '(none)';

/** What requests cost, as a table for people, and below it how far it can be trusted. */
export function costLines(report: CostReport): string[] {
  const { by, rows, total, folded, isFoldedInRows } = report;
  if (total.requests === 0) return [`no requests since ${localTime(report.since)}`];
  const foldedName = folded && !isFoldedInRows ? `(${daysText(folded)})` : null;
  const names = [by, 'total', ...(foldedName === null ? [] : [foldedName]), ...rows.map(({ name }) => shown(name))];
  const width = Math.min(maxNameCells, Math.max(...names.map(cellWidth)));
  const line = (name: string, cells: readonly string[]): string => tableLine(left(name, width), cells);
  return [
    line(by, headings),
    ...rows.map(({ name, sum }) => line(shown(name), cellsOf(sum)) + unpricedText(sum)),
    ...(folded && foldedName !== null ? [line(foldedName, cellsOf(folded.totals)) + unpricedText(folded.totals)] : []),
    line('total', cellsOf(total)) + unpricedText(total),
    ...footer(report),
  ];
}

function cellsOf(sum: Totals): string[] {
  const { requests, tokens } = sum;
  const ratio = promptCacheRatio(sum);
  return [
    ...[requests, tokens.input, tokens.cacheRead, tokens.cacheWrite, tokens.output].map(count),
    moneyText(sum, sum.picodollars),
    moneyText(sum, sum.savedPicodollars),
    ratio === null ? '-' : `${Math.round(ratio * 100)}%`,
  ];
}

function moneyText(sum: Totals, picodollars: bigint): string {
  const known = moneyKnown(sum);
  if (known === 'none') return '-';
  return dollars(known === 'unknown' ? null : Number(picodollars) / 1e12);
}

function unpricedText({ unpriced }: Totals): string {
  return unpriced === 0 ? '' : `  + ${unpriced} unpriced`;
}

function footer({ total, folded, isFoldedInRows, pricesAsOf }: CostReport): string[] {
  const { estimated, subscription, playMoney } = total;
  const parts = [`estimate from list prices${pricesAsOf === null ? '' : ` of ${pricesAsOf}`}`];
  if (subscription > 0) parts.push(`${requestsText(subscription)} of a subscription shown at API list price`);
  if (estimated > 0) parts.push(`${requestsText(estimated)} with tokens counted here`);
  if (playMoney > 0) parts.push(`${requestsText(playMoney)} to the built-in provider cost nothing real`);
  if (folded === null) return [parts.join('; ')];
  const how = isFoldedInRows ? 'counted in from' : 'known only in total, from';
  return [parts.join('; '), `records of ${daysText(folded)} are no longer kept: ${how} the daily totals`];
}

function daysText({ from, to }: { readonly from: string; readonly to: string }): string {
  return from === to ? from : `${from} to ${to}`;
}

function requestsText(requests: number): string {
  return requests === 1 ? '1 request' : `${count(requests)} requests`;
}

function shown(name: string | null): string {
  return name === null ? none : oneLine(name);
}

function tableLine(name: string, cells: readonly string[]): string {
  return name + cells.map((cell, index) => right(cell, widths[index] ?? 0)).join('');
}

function localTime(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
