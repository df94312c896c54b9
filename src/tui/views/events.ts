import { left, oneLine, type Line, type Style } from '../cells.ts';
import { timeOfDay } from '../format.ts';
import { frame } from '../frame.ts';
import type { NoticeRow } from '../state.ts';
import { type Overflow, scrolled, type ScreenView } from './view-input.ts';

const styles: Readonly<Record<NoticeRow['level'], Style>> = { info: 'dim', warn: 'warn', error: 'bad' };

export const eventsOverflow: Overflow = ({ state, height }) => Math.max(state.notices.length - (height - 2), 0);

/** What happened that was no request, newest first. */
export const eventsView: ScreenView = ({ state, view, width, height, glyphs }) => {
  const shown = scrolled(state.notices, view.scroll, height - 2);
  const lines = shown.length === 0 ? [[['Nothing has happened yet.', 'dim'] as const]] : shown.map(line);
  const note = [`${state.notices.length}, newest first`, 'dim'] as const;
  return frame({ title: 'events', note, lines, width, height, glyphs, focused: true });
};

function line({ time, level, message }: NoticeRow): Line {
  const style = styles[level];
  return [
    [timeOfDay(time), 'dim'],
    '  ',
    [left(level, 5), style],
    '  ',
    level === 'info' ? oneLine(message) : [oneLine(message), style],
  ];
}
