import { oneLine } from '../../tui/cells.ts';
import type { JudgedReport, SlaResult } from '../proof/proof-report.ts';
import { change, figure, intervalText, milliseconds } from './figures.ts';
import { latencyRows, percentileColumns } from './latency-rows.ts';
import { loadText, machineParts, rigText } from './run-facts.ts';
import { leftOutText, tallyOf, tallyText } from './tally.ts';

/** The report for a comment on a pull request: GitHub's Markdown (https://github.github.com/gfm/#tables-extension-). */
export function reportMarkdown(report: JudgedReport): string {
  const { run, verdict, invalid, notes } = report;
  const circumstances = [`tokenpak ${run.version}`, ...machineParts(run), loadText(run), rigText(run)];
  return [
    `### tokenpak bench: ${verdict}`,
    invalid.length === 0 ? escaped(tallyText(report)) : list(invalid),
    circumstances.map(escaped).join(' · '),
    latencyTable(report),
    ...judgedTables(report),
    ...baselineTable(report),
    publishedTable(report),
    ...(notes.length === 0 ? [] : [list(notes)]),
    '',
  ].join('\n\n');
}

function latencyTable(report: JudgedReport): string {
  const heads = ['ms', 'n', 'errors', ...percentileColumns.map(([heading]) => heading)];
  const rows = latencyRows(report).map(({ name, count, errors, ms }) => [
    ...[name, count === null ? '' : String(count), errors === null ? '' : String(errors)],
    ...percentileColumns.map(([, key]) => milliseconds(ms[key])),
  ]);
  return table(heads, rows);
}

function judgedTables(report: JudgedReport): string[] {
  const tally = tallyOf(report);
  const results = [...tally.judged, ...report.conditions].map(judgedCells);
  const targets = table(['', 'id', 'target', 'limit', 'measured', '95 % interval', ''], results);
  return [targets, ...leftOutText(tally).map(escaped)];
}

function judgedCells({ id, name, target, value, unit, interval, verdict, reason }: SlaResult): string[] {
  return [word(verdict), id, name, target, figure(value, unit), intervalText(interval, unit), reason ?? ''];
}

function baselineTable({ baseline }: JudgedReport): string[] {
  if (baseline === null) return [];
  const { file, at, results, notes } = baseline;
  const rows = results.map(({ metric, before, now, worse, limit, verdict }) => [
    ...[word(verdict), metric, figure(before, ''), figure(now, '')],
    ...[worse < 0 ? `${change(-worse).slice(1)} better` : `${change(worse).slice(1)} worse`, change(limit)],
  ]);
  return [
    escaped(`Against ${file} of ${at.slice(0, 10)}:`),
    ...(rows.length === 0 ? [] : [table(['', 'figure', 'before', 'now', '', 'limit'], rows)]),
    ...(notes.length === 0 ? [] : [list(notes)]),
  ];
}

function publishedTable({ published, publishedBy }: JudgedReport): string {
  const { of, source, as } = publishedBy;
  const rows = published.map(({ metric, published: theirs, ours }) => [metric, theirs, ours]);
  return table([`beside ${of}, as published at ${source} (${as}; not measured here)`, 'published', 'ours'], rows);
}

/** What fails is seen from afar. */
const word = (verdict: string): string => (verdict === 'fail' ? '**FAIL**' : verdict);

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), `|${' --- |'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
}

const list = (items: readonly string[]): string => items.map((item) => `- ${escaped(item)}`).join('\n');

/** Our own bold stays. */
const cell = (text: string): string => (text === '**FAIL**' ? text : escaped(text));

/** Foreign text, with all that Markdown or HTML would take for its own as it stands. */
function escaped(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_[\]<>|#~]/gu, (character) => `\\${character}`);
}
