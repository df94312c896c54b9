import { left, type Line, type Style } from '../cells.ts';
import { timeOfDay } from '../format.ts';
import { frame } from '../frame.ts';
import type { NoticeRow } from '../state.ts';
import { wrapped } from '../wrapped.ts';
import { type Overflow, scrolled, type ScreenView, type ViewInput } from './view-input.ts';

const styles: Readonly<Record<NoticeRow['level'], Style>> = { info: 'dim', warn: 'warn', error: 'bad' };
const levelWidth = 5;
/** Time and level, and what keeps them apart from the message. */
const messageAt = 8 + 2 + levelWidth + 2;

export const eventsOverflow: Overflow = (input) => Math.max(linesOf(input).length - (input.height - 2), 0);

/** What happened that was no request, newest first; messages as a whole, over as many lines as they need. */
export const eventsView: ScreenView = (input) => {
  const { state, view, width, height, glyphs } = input;
  const shown = scrolled(linesOf(input), view.scroll, height - 2);
  const lines = shown.length === 0 ? [[['Nothing has happened yet.', 'dim'] as const]] : shown;
  const note = [`${state.notices.length}, newest first`, 'dim'] as const;
  return frame({ title: 'events', note, lines, width, height, glyphs, focused: true });
};

function linesOf({ state, width }: ViewInput): Line[] {
  return state.notices.flatMap((notice) => noticeLines(notice, Math.max(width - 4 - messageAt, 2)));
}

function noticeLines({ time, level, message }: NoticeRow, width: number): Line[] {
  const style = styles[level];
  return wrapped(message, width).map((part, index) => {
    const said = level === 'info' ? part : ([part, style] as const);
    if (index > 0) return [' '.repeat(messageAt), said];
    return [[timeOfDay(time), 'dim'], '  ', [left(level, levelWidth), style], '  ', said];
  });
}
