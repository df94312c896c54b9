import { left, type Line, oneLine, right, type Style } from '../../tui/cells.ts';
import type { BaselineResult, JudgedReport, SlaResult } from '../proof/proof-report.ts';
import { change, figure, intervalText } from './figures.ts';
import { leftOutText, tallyOf } from './tally.ts';

const styles: Readonly<Record<SlaResult['verdict'], Style>> = {
  pass: 'good',
  investigate: 'warn',
  fail: 'bad',
  'not measured': 'dim',
  'not available': 'dim',
};

/** What is said of the figures: by the targets, the conditions, the baseline, and beside those that others publish. */
export function judgedLines(report: JudgedReport): Line[] {
  return [...targetLines(report), ...conditionLines(report), ...baselineLines(report), ...publishedLines(report)];
}

function targetLines(report: JudgedReport): Line[] {
  const tally = tallyOf(report);
  const head = `${left(`SLA  ${report.slaFile}`, 63)}${left('target', 13)}${left('measured', 10)}95% interval`;
  return [
    [],
    [[head, 'strong']],
    ...tally.judged.flatMap(resultLines),
    ...leftOutText(tally).map((text): Line => [[`  ${text}`, 'dim']]),
  ];
}

function conditionLines({ conditions }: JudgedReport): Line[] {
  return conditions.length === 0 ? [] : [[['--fail', 'strong']], ...conditions.flatMap(resultLines)];
}

function resultLines({ id, name, target, value, unit, interval, verdict, reason }: SlaResult): Line[] {
  const range = intervalText(interval, unit);
  const shownId = id === '--fail' ? '' : id;
  const line: Line = [
    '  ',
    [left(verdictWord(verdict), 13), styles[verdict]],
    left(shownId, 6),
    left(name, 42),
    left(target, 13),
    range === '' ? figure(value, unit) : `${left(figure(value, unit), 10)}${range}`,
  ];
  return reason === null ? [line] : [line, [`${' '.repeat(15)}${oneLine(reason)}`]];
}

/** What fails stands out also without colours. */
const verdictWord = (verdict: string): string => (verdict === 'fail' ? 'FAIL' : verdict);

function baselineLines({ baseline }: JudgedReport): Line[] {
  if (baseline === null) return [];
  const { file, at, sameMachine, results, notes } = baseline;
  const machine = sameMachine ? 'same machine' : 'another machine';
  return [
    [[`baseline  ${oneLine(file)} (${oneLine(at).slice(0, 10)}, ${machine})`, 'strong']],
    ...results.map(baselineLine),
    ...notes.map((note): Line => [[`  ${oneLine(note)}`, 'dim']]),
  ];
}

/** One figure of two runs: `pass  overhead.p99  3.44 -> 3.60  +4.7% worse  limit 20%`. */
export function baselineLine({ metric, before, now, worse, limit, verdict }: BaselineResult): Line {
  const figures = `${right(figure(before, ''), 8)} -> ${left(figure(now, ''), 8)}`;
  const difference = worse < 0 ? `${change(-worse).slice(1)} better` : `${change(worse).slice(1)} worse`;
  return [
    '  ',
    [left(verdictWord(verdict), 6), styles[verdict]],
    left(oneLine(metric), 30),
    figures,
    left(difference, 15),
    `limit ${change(limit).slice(1)}`,
  ];
}

function publishedLines({ published, publishedBy }: JudgedReport): Line[] {
  if (published.length === 0) return [];
  const { of, source, as } = publishedBy;
  const heading = `${left(`beside ${of}, with ${as}`, 48)}${right('published', 12)}${right('ours', 14)}`;
  return [
    [],
    [[heading, 'strong']],
    ...published.map((row): Line => [left(`  ${row.metric}`, 48), right(row.published, 12), right(row.ours, 14)]),
    [[`  published by ${of}, not measured here: ${source}`, 'dim']],
  ];
}
