import { left, oneLine, type Line } from './cells.ts';
import type { CostPart, DetailTrace } from './detail-data.ts';
import { cacheRate, percent } from './figures.ts';
import { dollars, elapsed, timeOfDay } from './format.ts';
import { outcomeWord, statusWord } from './outcome-word.ts';
import type { RequestRow } from './state.ts';
import { pieces, type Cell } from './table.ts';

const labelWidth = 8;
const partNames: Readonly<Record<CostPart['class'], string>> = {
  input: 'new',
  cache_read: 'read',
  cache_write: 'write 5m',
  cache_write_1h: 'write 1h',
  output: 'out',
};

/** What is known of a request, a subject to a line. */
export function requestFacts(row: RequestRow, trace: DetailTrace | null, width: number): Line[] {
  const labelled = (label: string, cells: readonly Cell[]): Line =>
    pieces([[left(label, labelWidth), 'dim'], ...cells.map(harmless)], width);
  const parts = trace?.cost_parts ?? [];
  return [
    pieces(
      [
        headline(row, trace),
        statusWord(row),
        row.stream ? 'stream' : 'whole',
        timeOfDay(row.time),
        saidOutcome(row),
      ].map(harmless),
      width,
    ),
    labelled('model', [row.model ?? '-', called('provider', row.provider)]),
    labelled('who', [called('agent', row.agent), called('project', row.project), called('key', row.key)]),
    labelled('session', [row.session ?? '-']),
    labelled('time', [took(row)]),
    labelled('tokens', tokenCells(row)),
    labelled('cost', [costText(row), [row.exactness ?? '', 'dim'], called('reply cache', row.cache)]),
    ...(parts.length === 0 ? [] : [labelled('', [sum(parts)])]),
  ];
}

function called(what: string, name: string | null): string {
  return `${what} ${name ?? '-'}`;
}

function harmless(cell: Cell): Cell {
  return typeof cell === 'string' ? oneLine(cell) : [oneLine(cell[0]), cell[1]];
}

function headline({ id }: RequestRow, trace: DetailTrace | null): Cell {
  const text = trace === null ? id : `${trace.method} ${trace.path}`;
  return [text.length > 60 ? left(text, 40) : text, 'strong'];
}

function saidOutcome(row: RequestRow): Cell {
  if (row.outcome === null || row.outcome === 'ok') return '';
  return [outcomeWord({ ...row, tokens: null, costUsd: null }) ?? row.outcome, 'warn'];
}

function took({ firstByteMs, totalMs, overheadMs }: RequestRow): string {
  const of = (ms: number | null): string => (ms === null ? '-' : elapsed(ms));
  return `first byte ${of(firstByteMs)}  total ${of(totalMs)}  overhead ${of(overheadMs)}`;
}

function tokenCells({ tokens }: RequestRow): readonly Cell[] {
  if (tokens === null) return ['-'];
  const longLived = tokens.cache_write_1h > 0 ? ` (1h ${grouped(tokens.cache_write_1h)})` : '';
  return [
    `new ${grouped(tokens.input)}`,
    `read ${grouped(tokens.cache_read)}`,
    `write ${grouped(tokens.cache_write)}${longLived}`,
    `out ${grouped(tokens.output)}`,
    `cache ${percent(cacheRate(tokens), 1)}`,
    tokens.reasoning > 0 ? `reasoning ${grouped(tokens.reasoning)}` : '',
  ];
}

/** `58,112`. */
function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/gu, ',');
}

function costText({ costUsd, status }: RequestRow): Cell {
  if (costUsd === null && status === null) return ['- so far', 'dim'];
  return [dollars(costUsd), costUsd === null ? 'warn' : 'strong'];
}

/** `new $0.0036 + read $0.0174 + out $0.0122`: what each class of tokens came to. */
function sum(parts: readonly CostPart[]): string {
  return parts
    .map(({ class: name, cost_usd }) => `${partNames[name] ?? String(name)} ${dollars(cost_usd)}`)
    .join(' + ');
}
