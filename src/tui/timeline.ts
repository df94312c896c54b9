import { left, oneLine, right, type Line } from './cells.ts';
import { bar, type ChartMode } from './charts.ts';
import type { DetailTrace } from './detail-data.ts';
import { milliseconds } from './figures.ts';
import { pieces } from './table.ts';

interface Part {
  readonly name: string;
  /** Milliseconds since the request's head was received. */
  readonly from: number;
  readonly to: number;
  /** It is tokenpak's own time. */
  readonly isOurs: boolean;
}

const nameWidth = 9;
const timeWidth = 8;

/** Where a request's time went, as bars below each other: each begins where the one before it ended. */
export function timeline(trace: DetailTrace, width: number, mode: ChartMode): Line[] {
  const totalMs = Math.max(trace.total_ms, trace.marks_ms.ended ?? 0, 0.001);
  const room = Math.max(width - nameWidth - 2 * timeWidth - 2, 4);
  const bars = partsOf(trace).map(({ name, from, to, isOurs }): Line => {
    const start = Math.min(Math.floor((from / totalMs) * room), room - 1);
    return [
      [left(name, nameWidth), 'dim'],
      right(milliseconds(from), timeWidth),
      ' ',
      [left(' '.repeat(start) + length(to - from, totalMs, { room, start, mode }), room), isOurs ? 'warn' : 'accent'],
      ' ',
      right(milliseconds(to - from), timeWidth),
    ];
  });
  const done: Line = [
    [left('done', nameWidth), 'dim'],
    right(milliseconds(totalMs), timeWidth),
    '  ',
    ...stageLine(trace, width - nameWidth - timeWidth - 2),
  ];
  return [...bars, done];
}

interface Place {
  readonly room: number;
  readonly start: number;
  readonly mode: ChartMode;
}

/** Never nothing: what took too little for an eighth of a cell is there all the same. */
function length(tookMs: number, totalMs: number, { room, start, mode }: Place): string {
  const filled = bar(tookMs / totalMs, room, mode)
    .trimEnd()
    .slice(0, room - start);
  return filled === '' ? (mode === 'ascii' ? '|' : '▏') : filled;
}

function partsOf({ marks_ms: marks }: DetailTrace): readonly Part[] {
  const all: readonly (readonly [name: string, from: number | null, to: number | null, isOurs: boolean])[] = [
    ['body', 0, marks.body_read, false],
    ['ours', marks.body_read, marks.sent ?? marks.replied ?? marks.ended, true],
    ['upstream', marks.sent, marks.provider_ready, false],
    ['answer', marks.sent === null ? null : marks.provider_ready, marks.replied, true],
    ['stream', marks.replied, marks.ended, false],
  ];
  return all.flatMap(([name, from, to, isOurs]) =>
    from === null || to === null ? [] : [{ name, from, to: Math.max(to, from), isOurs }],
  );
}

/** The stages of ours that took longest. */
function stageLine({ stages }: DetailTrace, width: number): Line {
  const slowest = stages.toSorted((a, b) => b.ms - a.ms).slice(0, 6);
  const named = slowest.map(({ stage, ms }) => `${oneLine(stage)} ${ms < 9.95 ? ms.toFixed(2) : milliseconds(ms)}`);
  return named.length === 0 ? [] : pieces([['stages', 'dim'], ...named], width);
}
