import type { JudgedReport, SlaResult } from '../../proof/proof-report.ts';
import { change, figure, intervalText, milliseconds } from '../figures.ts';
import { latencyRows, percentileColumns } from '../latency-rows.ts';
import { leftOutText, tallyOf } from '../tally.ts';
import { escaped } from './escape.ts';

/** A cell: its text, and how it looks. */
type Cell = string | readonly [text: string, className: string];

export function latencyTable(report: JudgedReport): string {
  const heads = ['ms', 'n', 'errors', ...percentileColumns.map(([heading]) => heading)];
  const rows = latencyRows(report).map(({ name, count, errors, ms, isOverhead }) => {
    const numbers = [count, errors].map((value): Cell => [value === null ? '' : String(value), 'number']);
    const times = percentileColumns.map(([, key]): Cell => [milliseconds(ms[key]), 'number']);
    return row([name, ...numbers, ...times], isOverhead ? 'added' : '');
  });
  return table(numberHeads(heads), rows);
}

export function targetTable(report: JudgedReport): string {
  const tally = tallyOf(report);
  const heads = ['', 'id', 'target', 'limit', 'measured', '95 % interval', ''];
  const rows = [...tally.judged, ...report.conditions].map((result) => row(judgedCells(result)));
  const left = leftOutText(tally).map((text) => `<p class="soft">${escaped(text)}</p>`);
  return [table(heads, rows), ...left].join('\n');
}

function judgedCells({ id, name, target, value, unit, interval, verdict, reason }: SlaResult): Cell[] {
  return [
    [verdict === 'fail' ? 'FAIL' : verdict, verdict.replaceAll(' ', '-')],
    [id, 'tight'],
    name,
    ...[target, figure(value, unit), intervalText(interval, unit)].map((text): Cell => [text, 'tight']),
    [reason ?? '', 'reason'],
  ];
}

export function baselineTable({ baseline }: JudgedReport): string | null {
  if (baseline === null) return null;
  const rows = baseline.results.map(({ metric, before, now, worse, limit, verdict }) =>
    row([
      [verdict === 'fail' ? 'FAIL' : verdict, verdict],
      metric,
      ...[before, now].map((value): Cell => [figure(value, ''), 'number']),
      [worse < 0 ? `${change(-worse).slice(1)} better` : `${change(worse).slice(1)} worse`, 'number'],
      [change(limit), 'number'],
    ]),
  );
  const notes = baseline.notes.map((note) => `<p class="soft">${escaped(note)}</p>`);
  const where = `<p class="soft">${escaped(`${baseline.file}, of ${baseline.at}`)}</p>`;
  return [where, table(['', 'figure', 'before', 'now', 'difference', 'limit'], rows), ...notes].join('\n');
}

export function stageTable({ stages }: JudgedReport): string {
  const rows = stages.map(({ stage, count, p50Ms, p99Ms }) =>
    row([stage, ...[String(count), p50Ms.toFixed(3), p99Ms.toFixed(3)].map((text): Cell => [text, 'number'])]),
  );
  return table(numberHeads(['stage, ms', 'n', 'p50', 'p99']), rows);
}

export function publishedTable({ published }: JudgedReport): string {
  const rows = published.map(({ metric, published: theirs, ours }) =>
    row([metric, [theirs, 'number'], [ours, 'number']]),
  );
  return table(numberHeads(['', 'published', 'ours']), rows);
}

/** The first column has names. */
const numberHeads = (heads: readonly string[]): Cell[] =>
  heads.map((head, index): Cell => (index === 0 ? head : [head, 'number']));

function table(heads: readonly Cell[], rows: readonly string[]): string {
  const head = heads.map((cell) => cellText('th', cell)).join('');
  return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}

function row(cells: readonly Cell[], className = ''): string {
  const named = className === '' ? '' : ` class="${className}"`;
  return `<tr${named}>${cells.map((cell) => cellText('td', cell)).join('')}</tr>`;
}

function cellText(element: 'td' | 'th', cell: Cell): string {
  if (typeof cell === 'string') return `<${element}>${escaped(cell)}</${element}>`;
  return `<${element} class="${cell[1]}">${escaped(cell[0])}</${element}>`;
}
