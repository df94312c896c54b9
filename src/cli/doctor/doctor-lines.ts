import type { ChalkInstance } from 'chalk';
import { oneLine } from '../../tui/cells.ts';
import { type CheckStatus, type GroupName, groups } from './check.ts';
import type { DoctorEnd } from './doctor-report.ts';
import type { CheckResult } from './run-checks.ts';

interface LinesOptions {
  readonly end: DoctorEnd;
  /** Every check, not only those where something is off. */
  readonly all: boolean;
  readonly color: ChalkInstance;
  readonly widthCells: number;
}

const worstFirst: readonly CheckStatus[] = ['fail', 'warn', 'ok', 'skip'];
const marks: Readonly<Record<CheckStatus, string>> = { fail: '[xx]', warn: '[!!]', ok: '[ok]', skip: '[--]' };
const groupWidth = Math.max(...groups.map((name) => name.length)) + 2;
const idWidth = 18;
/** Where a summary begins: behind the mark of a group, or of a check and its id. */
const groupIndent = 5 + groupWidth;

/** A line for each group, the worst first, and beneath it what is off; a last line where something is. */
export function doctorLines(results: readonly CheckResult[], options: LinesOptions): string[] {
  const parts = groups
    .map((name) => ({ name, results: results.filter(({ group }) => group === name) }))
    .filter((part) => part.results.length > 0)
    .map((part) => ({ ...part, status: statusOf(part.results) }))
    .sort((a, b) => worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status));
  return [
    ...parts.flatMap(({ name, status, results: own }) => [
      groupLine({ name, status, results: own }, options),
      ...own.filter((result) => options.all || isOff(result)).flatMap((result) => checkLines(result, options)),
    ]),
    ...closing(results, options),
  ];
}

/** A group is as bad as the worst in it; what was skipped says nothing, unless all of it was. */
function statusOf(results: readonly CheckResult[]): CheckStatus {
  return worstFirst.find((status) => results.some((result) => result.status === status)) ?? 'skip';
}

const isOff = ({ status, detail }: CheckResult): boolean =>
  status === 'fail' || status === 'warn' || (status === 'skip' && detail !== null);

interface Group {
  readonly name: GroupName;
  readonly status: CheckStatus;
  readonly results: readonly CheckResult[];
}

function groupLine({ name, status, results }: Group, { color, widthCells }: LinesOptions): string {
  const off = results.filter(({ status: one }) => one === 'fail' || one === 'warn').length;
  const told = results.filter((result) => result.status === status).map(({ summary }) => summary);
  const text = off > 0 ? `${off} of ${results.length} not as it should be` : fitting(told, widthCells - groupIndent);
  return `${mark(status, color)} ${name.padEnd(groupWidth)}${text}`;
}

/** As many of the sentences as there is room for, and how many more there are; at least one, cut if need be. */
function fitting(sentences: readonly string[], widthCells: number): string {
  const joined = (count: number): string => {
    const rest = sentences.length - count;
    return sentences.slice(0, count).join('; ') + (rest > 0 ? `; ${rest} more` : '');
  };
  let count = sentences.length;
  while (count > 1 && joined(count).length > widthCells) count--;
  const text = joined(count);
  return text.length <= widthCells || count > 1 ? text : `${text.slice(0, Math.max(0, widthCells - 3))}...`;
}

function checkLines(result: CheckResult, { color, all }: LinesOptions): string[] {
  const { id, status, summary, detail, fix, ms } = result;
  const indent = ' '.repeat(5);
  const under = (title: string, text: string): string => `${indent}${''.padEnd(idWidth)}${title} ${text}`;
  const time = all ? color.dim(`  ${ms} ms`) : '';
  return [
    `${indent}${id.padEnd(idWidth)}${all ? `${mark(status, color)} ` : ''}${oneLine(summary)}${time}`,
    ...(detail === null ? [] : [under('why:', oneLine(detail))]),
    ...(fix?.commands ?? []).map((command, index) => under(index === 0 ? 'fix:' : 'or: ', command)),
  ];
}

function mark(status: CheckStatus, color: ChalkInstance): string {
  const colors = { fail: color.red, warn: color.yellow, ok: color.green, skip: color.dim } as const;
  return colors[status](marks[status]);
}

/** Nothing where nothing is off. */
function closing(results: readonly CheckResult[], { end }: LinesOptions): string[] {
  const count = (wanted: CheckStatus): number => results.filter(({ status }) => status === wanted).length;
  const counts = [
    ...several(count('fail'), 'problem'),
    ...several(count('warn'), 'warning'),
    ...several(results.filter((result) => result.status === 'skip' && isOff(result)).length, 'unanswered check'),
  ];
  if (counts.length === 0) return [];
  const mendable = results.filter((result) => isOff(result) && result.fix?.apply).length;
  const hint = mendable === 0 ? '' : `   tokenpak doctor --fix can mend ${mendable} of them.`;
  return ['', `${counts.join(', ')}. Exit ${end.exitCode}.${hint}`];
}

function several(count: number, noun: string): string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
}
