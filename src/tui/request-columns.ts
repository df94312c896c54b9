import { dollars, timeOfDay } from './format.ts';
import { agentName, cacheRate, milliseconds, modelName, percent, shortCount, shortElapsed } from './figures.ts';
import { outcomeWord, statusWord } from './outcome-word.ts';
import type { RequestRow } from './state.ts';
import { overheadTargetMs } from './target.ts';
import { leastWidth, type Cell, type Column } from './table.ts';

type RequestColumn = Column<RequestRow>;

const time: RequestColumn = { title: 'time', width: 8, align: 'left', cell: (row) => [timeOfDay(row.time), 'dim'] };
const exactTime: RequestColumn = {
  ...{ title: 'time', width: 12, align: 'left' },
  cell: (row) => [`${timeOfDay(row.time)}.${String(Math.floor(row.time) % 1000).padStart(3, '0')}`, 'dim'],
};
const status: RequestColumn = { title: 'st', width: 3, align: 'left', cell: statusWord };
const provider: RequestColumn = named('provider', 9, (row) => row.provider);
const model: RequestColumn = {
  ...{ title: 'model', width: 17, align: 'left', grows: 3 },
  cell: (row, width) => (row.model === null ? ['-', 'dim'] : modelName(row.model, width)),
};
const agent: RequestColumn = {
  ...{ title: 'agent', width: 7, align: 'left', grows: 3 },
  cell: (row, width) => (row.agent === null ? ['-', 'dim'] : agentName(row.agent, width)),
};
const project: RequestColumn = { ...named('project', 8, (row) => row.project), grows: 1 };
const fresh = tokens('new', ({ input }) => input);
const cached = tokens('cached', ({ cache_read }) => cache_read);
const out = tokens('out', ({ output }) => output);
const cache: RequestColumn = {
  ...{ title: 'cache', width: 5, align: 'right' },
  cell: (row) => percent(row.tokens === null ? null : cacheRate(row.tokens)),
};
const cost: RequestColumn = { title: 'cost', width: 10, align: 'right', cell: costCell };

/** The richest set of columns that fits into so many cells. `now` makes what is on its way grow. */
export function requestColumns(width: number, now: number): readonly RequestColumn[] {
  const total = durationColumn(now);
  const share = { ...cache, title: 'ca', width: 4 };
  const shortModel = { ...model, width: 10 };
  const least = [status, shortModel, total, cost];
  const sets: readonly (readonly RequestColumn[])[] = [
    [
      exactTime,
      status,
      provider,
      model,
      agent,
      project,
      fresh,
      cached,
      out,
      cache,
      firstByte,
      seconds(now),
      overhead,
      cost,
    ],
    [time, status, provider, model, agent, project, fresh, cached, out, share, total, cost],
    [time, status, provider, model, agent, project, out, share, total, cost],
    [time, status, model, agent, project, out, share, total, cost],
    [time, status, shortModel, out, share, total, cost],
    [time, ...least],
  ];
  return sets.find((columns) => leastWidth(columns) <= width) ?? least;
}

function named(title: string, width: number, read: (row: RequestRow) => string | null): RequestColumn {
  return { title, width, align: 'left', cell: (row) => read(row) ?? ['-', 'dim'] };
}

function tokens(title: string, read: (tokens: NonNullable<RequestRow['tokens']>) => number): RequestColumn {
  return {
    ...{ title, width: title === 'cached' ? 6 : 5, align: 'right' },
    cell: (row) => (row.tokens === null ? ['-', 'dim'] : shortCount(read(row.tokens))),
  };
}

function durationColumn(now: number): RequestColumn {
  return { title: 'dur', width: 5, align: 'right', cell: (row) => shortElapsed(durationMs(row, now)) };
}

/** Until it ended, or until now. */
function durationMs(row: RequestRow, now: number): number {
  return row.totalMs ?? Math.max(now - row.time, 0);
}

const firstByte: RequestColumn = {
  ...{ title: 'first s', width: 7, align: 'right' },
  cell: (row) => (row.firstByteMs === null ? ['-', 'dim'] : inSeconds(row.firstByteMs)),
};

function seconds(now: number): RequestColumn {
  return { title: 'total s', width: 7, align: 'right', cell: (row) => inSeconds(durationMs(row, now)) };
}

const overhead: RequestColumn = {
  ...{ title: 'ovh ms', width: 6, align: 'right' },
  cell: ({ overheadMs }) => {
    if (overheadMs === null) return ['-', 'dim'];
    return overheadMs < overheadTargetMs ? milliseconds(overheadMs) : [milliseconds(overheadMs), 'warn'];
  },
};

function inSeconds(ms: number): string {
  return ms < 9_995_000 ? (ms / 1000).toFixed(2) : shortElapsed(ms);
}

function costCell(row: RequestRow): Cell {
  const word = outcomeWord(row);
  if (word !== null) return [word, row.outcome === 'client_abort' ? 'dim' : 'warn'];
  // While it is on its way nobody can know that there is no price.
  if (row.costUsd === null) return row.status === null ? ['-', 'dim'] : ['?', 'warn'];
  return `${row.exactness === 'estimated' || row.exactness === 'partial' ? '~' : ''}${dollars(row.costUsd)}`;
}
