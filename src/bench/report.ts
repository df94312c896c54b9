import type { Accounting } from './accounting.ts';
import { judgementOf, verdictOf, type Limit, type Measure, type Verdict } from './measure.ts';
import type { RunResult } from './run.ts';
import type { Estimate } from './statistics.ts';

/** Where and how a run was made. */
export interface Circumstances {
  readonly node: string;
  readonly cores: number;
  /** Processes waiting for a processor over the last minute, before the run. */
  readonly loadAverage: number;
  readonly pinned: boolean;
  readonly quick: boolean;
  readonly rounds: number;
  readonly seconds: number;
}

/** Three digits that matter, none invented. */
export function formatNumber(value: number | null): string {
  if (value === null) return '-';
  if (Number.isNaN(value)) return '?';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3);
}

function formatEstimate({ median, low, high }: Estimate): string {
  return low === high
    ? formatNumber(median)
    : `${formatNumber(median)} (${formatNumber(low)} .. ${formatNumber(high)})`;
}

function formatLimit(limit: Limit | null | undefined): string {
  if (!limit) return '';
  return `${limit.kind === 'at least' ? '>=' : '<='} ${formatNumber(limit.value)}`;
}

const words = { pass: 'pass', fail: 'FAIL', fault: 'FAULT', unknown: 'unknown' };

function cells(measure: Measure): string[] {
  const { name, unit, direct, bareRelay, tokenpak, judged } = measure;
  const judgement = judgementOf(measure);
  return [
    name,
    formatNumber(direct),
    formatNumber(bareRelay),
    formatNumber(tokenpak),
    unit,
    judged ? `${formatEstimate(judged.estimate)} ${judged.what}` : '',
    formatLimit(judged?.limit),
    judgement ? words[judgement] : '',
  ];
}

const heading = ['', 'direct', 'bare relay', 'tokenpak', '', 'judged', 'target', ''];
const rightAligned = new Set([1, 2, 3]);

function table(rows: readonly string[][]): string[] {
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const align = (cell: string, column: number): string =>
    rightAligned.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(align).join('  ').trimEnd());
}

function about(on: Circumstances): string {
  const where = `node ${on.node}, ${on.cores} cores, load ${on.loadAverage.toFixed(1)} before`;
  const pinned = on.pinned
    ? 'relays held on one core, load and mock on another'
    : 'processes NOT held on cores of their own';
  return `tokenpak bench: ${where}; ${pinned}; median of ${on.rounds} rounds (interval), ${on.seconds.toFixed(0)} s`;
}

function accountingLine({ sent, stats, ledger }: Accounting): string {
  const [a, b, c] = [sent, stats, ledger].map((n) => n.toLocaleString('en'));
  return `requests sent through tokenpak ${a}, counted by /stats ${b}, ended in the ledger ${c}`;
}

/** The report for people. */
export function textReport({ measures, accounting, invalid }: RunResult, on: Circumstances): string {
  const quick = 'This was a quick run: too short to rely on, and not to be compared with a full one.';
  return [
    about(on),
    ...(on.quick ? [quick] : []),
    '',
    ...table([heading, ...measures.map(cells)]),
    '',
    ...(accounting ? [accountingLine(accounting)] : []),
    ...invalid.map((reason) => `invalid: ${reason}`),
    verdictOf(measures, invalid),
  ].join('\n');
}

/** The report for programs: figures as measured, in the units named. */
export function jsonReport({ measures, accounting, invalid }: RunResult, on: Circumstances): string {
  const { loadAverage, ...rest } = on;
  const lines = measures.map((measure) => {
    const { bareRelay, judged, ...others } = measure;
    return { ...others, bare_relay: bareRelay, judged, judgement: judgementOf(measure) };
  });
  const verdict: Verdict = verdictOf(measures, invalid);
  const run = { ...rest, load_average: loadAverage };
  return JSON.stringify({ version: 1, run, measures: lines, accounting, invalid, verdict }, null, 2);
}
