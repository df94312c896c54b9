import { cellWidth, left, type Line, oneLine, right, type Style } from '../../tui/cells.ts';
import type { JudgedReport } from '../proof/proof-report.ts';
import { figure, milliseconds, percent } from './figures.ts';
import { latencyRows, percentileColumns, type LatencyRow } from './latency-rows.ts';
import { loadText, machineParts, rigText } from './run-facts.ts';
import { tallyText } from './tally.ts';
import { judgedLines } from './text-judged.ts';

const leastNameCells = 21;
const columnCells = 8;

/** The report for a terminal, line by line: measured, judged, and the verdict last. */
export function textLines(report: JudgedReport): Line[] {
  return [
    ...headLines(report),
    [],
    ...latencyLines(report),
    [],
    ...factLines(report),
    ...report.notes.map((note): Line => [['note        ', 'dim'], oneLine(note)]),
    ...stageLines(report),
    ...judgedLines(report),
    [],
    ...verdictLines(report),
  ];
}

function headLines({ run }: JudgedReport): Line[] {
  const parts = [...machineParts(run), loadText(run)].map(oneLine);
  return [[['tokenpak bench ', 'strong'], oneLine(run.version), `   ${parts.join('   ')}`], [rigText(run)]];
}

function latencyLines(report: JudgedReport): Line[] {
  const rows = latencyRows(report);
  if (rows.length === 0) return [['nothing was measured']];
  const nameCells = Math.max(leastNameCells, ...rows.map(({ name }) => cellWidth(name) + 2));
  const headings = percentileColumns.map(([heading]) => right(heading, columnCells)).join('');
  const head = `${' '.repeat(nameCells)}${right('n', 7)}${right('err', 5)}${headings}  ms`;
  return [[[head, 'dim']], ...rows.map((row) => latencyLine(row, nameCells))];
}

function latencyLine({ name, count, errors, ms, isOverhead }: LatencyRow, nameCells: number): Line {
  const error = right(errors === null ? '-' : String(errors), 5);
  return [
    left(isOverhead ? `  ${name}` : name, nameCells),
    right(count === null ? '-' : String(count), 7),
    (errors ?? 0) > 0 ? [error, 'bad'] : error,
    percentileColumns.map(([, key]) => right(milliseconds(ms[key]), columnCells)).join(''),
  ];
}

function factLines({ rate, proxy, accounting }: JudgedReport): Line[] {
  const lines: Line[] = [];
  const add = (name: string, parts: readonly string[]): void => {
    if (parts.length > 0) lines.push([[left(name, 12), 'dim'], parts.join('  ')]);
  };
  if (rate !== null) {
    add('rate', [
      `offered ${figure(rate.offeredPerSecond, '/s')}/s`,
      `achieved ${figure(rate.achievedPerSecond, '/s')}/s`,
      `late starts ${percent(rate.lateShare)}`,
      `generator lag p99 ${figure(rate.generatorLagP99Ms, 'ms')} ms`,
    ]);
  }
  if (proxy !== null) add('proxy', proxyParts(proxy));
  if (accounting !== null) {
    const { sent, stats, ledger } = accounting;
    add('counted', [`sent ${sent}`, `by /stats ${stats}`, `in the ledger ${ledger}`]);
  }
  return lines;
}

function proxyParts({ cpuPercent, rssFirstMb, rssMaxMb, loopLagP99Ms }: NonNullable<JudgedReport['proxy']>): string[] {
  return [
    ...(cpuPercent === null ? [] : [`cpu ${figure(cpuPercent, '')}%`]),
    ...(rssFirstMb === null || rssMaxMb === null
      ? []
      : [`rss ${figure(rssFirstMb, 'MB')} -> ${figure(rssMaxMb, 'MB')} MB`]),
    ...(loopLagP99Ms === null ? [] : [`loop lag p99 ${figure(loopLagP99Ms, 'ms')} ms`]),
  ];
}

function stageLines({ stages }: JudgedReport): Line[] {
  if (stages.length === 0) return [];
  const head = `${left('stages of the proxy', 28)}${right('n', 9)}${right('p50', columnCells)}${right('p99', columnCells)}  ms`;
  return [
    [],
    [[head, 'dim']],
    ...stages.map(({ stage, count, p50Ms, p99Ms }): Line => [
      left(`  ${stage}`, 28),
      right(String(count), 9),
      right(smallMilliseconds(p50Ms), columnCells),
      right(smallMilliseconds(p99Ms), columnCells),
    ]),
  ];
}

/** Most stages take microseconds. */
const smallMilliseconds = (ms: number): string => (ms < 10 ? ms.toFixed(3) : milliseconds(ms));

const verdictStyles: Readonly<Record<JudgedReport['verdict'], Style>> = { PASS: 'good', FAIL: 'bad', INVALID: 'warn' };

function verdictLines(report: JudgedReport): Line[] {
  const { verdict, invalid } = report;
  const word: Line[number] = [verdict, verdictStyles[verdict]];
  if (invalid.length === 0) return [[word, `  ${tallyText(report)}`]];
  return [
    [word, '  this run says nothing about tokenpak:'],
    ...invalid.map((reason): Line => [`  ${oneLine(reason)}`]),
  ];
}
