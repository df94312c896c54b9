import { atMost, cellWidth, fitLine, lineWidth, oneLine, type Line, type Style } from './cells.ts';
import { parseFilter } from './filter.ts';
import { timeOfDay } from './format.ts';
import type { DashboardState, NoticeRow } from './state.ts';
import { pieces, type Cell } from './table.ts';
import type { View } from './view.ts';

export interface FooterInput {
  readonly state: DashboardState;
  readonly view: View;
  /** In cells. */
  readonly columns: number;
  /** In lines; of one alone the keys have it. */
  readonly height: 1 | 2;
}

const hints: Readonly<Record<View['name'], readonly string[]>> = {
  overview: [
    ...['1-6 panel', 'enter open', '/ filter', 'f follow', 'p pause', 'w window', 's sort', 'e events'],
    ...['m measure', 'v graph', 'B breaker', 'A budget'],
  ],
  detail: ['esc back', 'j k next', 'pgdn more', 'y copy curl', 'J json'],
  events: ['esc back', 'j k scroll', 'g G first, last'],
  help: ['esc back', 'j k scroll'],
};
/** Of a question: whatever its length, they are in sight. */
const answers = '  y yes, n no';
/** Always there, behind the others. */
const lastHints = ['? help', 'q leave'];

const levelStyles: Readonly<Record<NoticeRow['level'], Style>> = { info: 'dim', warn: 'warn', error: 'bad' };

/** The lowest lines: what happened last, and which keys there are, or what is being typed or asked. */
export function footer({ state, view, columns, height }: FooterInput): Line[] {
  const keys = spokenLine(view, columns) ?? fitLine([' ', ...keyLine(view, columns - 2)], columns);
  return height === 1 ? [keys] : [fitLine(newest(state.notices[0]), columns), keys];
}

function newest(notice: NoticeRow | undefined): Line {
  if (notice === undefined) return [];
  const style = levelStyles[notice.level];
  const mark = notice.level === 'info' ? ' ' : '!';
  return [' ', [mark, style], ' ', [timeOfDay(notice.time), 'dim'], ' ', [oneLine(notice.message), style]];
}

/** What stands in the place of the keys, or of the only line that there is; null where nothing is to be said or typed. */
export function spokenLine(view: View, columns: number): Line | null {
  const said = dialogue(view, columns);
  return said === null ? null : fitLine([' ', ...said], columns);
}

/** What takes the place of the keys: a question, the filter while it is typed, or what came of an action. */
function dialogue({ question, typing, said, filter }: View, columns: number): Line | null {
  if (question !== null) return [[atMost(question.text, columns - 1 - cellWidth(answers)), 'warn'], answers];
  if (typing !== null) return ['/ ', ending(typing, columns - 5), [' ', 'inverse'], '  ', typingHelp(typing)];
  if (said !== null) return [[oneLine(said), 'accent']];
  const parsed = parseFilter(filter);
  return 'problem' in parsed ? ['/ ', oneLine(filter), '  ', [oneLine(parsed.problem), 'bad']] : null;
}

/** The end of a text that is too long: it is where the cursor stands. */
function ending(text: string, width: number): string {
  let kept = '';
  let room = width;
  for (const character of Array.from(oneLine(text)).toReversed()) {
    room -= cellWidth(character);
    if (room < 0) break;
    kept = character + kept;
  }
  return kept;
}

function typingHelp(typing: string): Cell {
  const parsed = parseFilter(typing);
  if ('problem' in parsed) return [oneLine(parsed.problem), 'bad'];
  return [typing === '' ? 'status>=400 model:opus cost>0.05 is:error' : 'enter keeps, esc drops', 'dim'];
}

function keyLine({ name }: View, width: number): Line {
  const last = pieces(lastHints, width);
  const first = pieces(hints[name], width - lineWidth(last) - 2);
  const fitting = first.length === 0 ? last : [...first, '  ', ...last];
  return fitting.flatMap((span): Line => {
    if (typeof span !== 'string' || span.trim() === '') return [span];
    const end = keyEnd(span);
    return [
      [span.slice(0, end), 'accent'],
      [span.slice(end), 'dim'],
    ];
  });
}

/** Where the keys of a hint end and its words begin. */
function keyEnd(hint: string): number {
  return /^(?:[jg] [kG]|\S+)/u.exec(hint)?.[0].length ?? 0;
}
