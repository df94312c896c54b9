import { atMost, cellWidth, left, type Line } from '../cells.ts';
import { circuitWord, nextProbe } from '../circuit-word.ts';
import { milliseconds, percent, shortCount } from '../figures.ts';
import { frame } from '../frame.ts';
import { isBusy, isTroubled, providerRows, requestsPerMinute, type ProviderRow } from '../providers.ts';
import { quotaLines } from '../quota-line.ts';
import type { DashboardState } from '../state.ts';
import { pieces, table, type Cell, type Column } from '../table.ts';
import type { Panel, PanelInput } from './panel.ts';

const wideWidth = 60;
const nameWidth = 9;
const stateWidth = 7;

interface Entry {
  readonly row: ProviderRow;
  /** Under the cursor. */
  readonly isChosen: boolean;
}

/** How each provider does: breaker, errors, rate, and what is left of its quota. */
export const providersPanel: Panel = (input) => {
  const { state, view, width, height, glyphs } = input;
  const inner = width - 4;
  const all = providerRows(state);
  const quotas = quotaLines(all, inner, state.now).slice(0, Math.max(height - 4, 0));
  const isWide = inner >= wideWidth;
  const room = height - 2 - quotas.length - (isWide ? 1 : 0);
  const shown = entries(input, all, isWide);
  const drawn = isWide ? wideLines(shown, state, inner) : { header: [], draw: narrowLines(state, inner) };
  const lines = fitEntries(shown, drawn.draw, room);
  return frame({
    title: '4 providers',
    lines: [...drawn.header, ...lines, ...quotas],
    ...{ width, height, glyphs, focused: view.focus === 'providers' },
  });
};

function entries({ view }: PanelInput, all: readonly ProviderRow[], isWide: boolean): readonly Entry[] {
  const isFocused = view.focus === 'providers';
  const rows = isWide || isFocused ? all : all.filter(isBusy);
  const chosen = Math.min(Math.max(view.provider, 0), rows.length - 1);
  return rows.map((row, index) => ({ row, isChosen: isFocused && index === chosen }));
}

/** As many as have room; where that is not all, the troubled and the chosen one stay, and the rest is counted. */
function fitEntries(shown: readonly Entry[], draw: (entry: Entry) => Line[], room: number): Line[] {
  if (shown.length === 0) return [[['No provider was asked yet.', 'dim']]];
  const blocks = shown.map((entry) => ({ entry, lines: draw(entry) }));
  if (blocks.reduce((sum, { lines }) => sum + lines.length, 0) <= room) return blocks.flatMap(({ lines }) => lines);
  const urgent = ({ entry: { row, isChosen } }: { readonly entry: Entry }): number =>
    isChosen ? 0 : isTroubled(row.circuit) || row.models.length > 0 ? 1 : 2;
  const kept = new Set<Entry>();
  let used = 1;
  for (const { entry, lines } of blocks.toSorted((a, b) => urgent(a) - urgent(b))) {
    if (used + lines.length > room) continue;
    kept.add(entry);
    used += lines.length;
  }
  const fitting = blocks.filter(({ entry }) => kept.has(entry)).flatMap(({ lines }) => lines);
  return [...fitting, [[` + ${shown.length - kept.size} more`, 'dim']]];
}

function narrowLines(state: DashboardState, inner: number): (entry: Entry) => Line[] {
  return ({ row, isChosen }) => [
    statusLine({ mark: isChosen ? '>' : ' ', name: row.name, circuit: row.circuit }, facts(row, state), inner),
    ...row.models.map(([name, circuit]) =>
      statusLine({ mark: ' ', name: ` ${name}`, circuit }, [nextProbe(circuit)], inner),
    ),
  ];
}

interface Status {
  readonly mark: string;
  readonly name: string;
  readonly circuit: ProviderRow['circuit'];
}

function statusLine({ mark, name, circuit }: Status, more: readonly Cell[], inner: number): Line {
  const [word, style] = circuitWord(circuit);
  const padded = word.padEnd(stateWidth);
  const room = inner - nameWidth - cellWidth(padded) - 3;
  const called = `${mark}${left(name, nameWidth)}`;
  return [mark === '>' ? [called, 'strong'] : called, ' ', [padded, style], ' ', ...pieces(more, room)];
}

function facts(row: ProviderRow, state: DashboardState): readonly Cell[] {
  const probe = nextProbe(row.circuit);
  if (probe !== '') return [`${failure(row)}${probe}`];
  const errors = errorRate(row);
  const inFlight = row.calls?.in_flight ?? 0;
  return [
    [`err ${percent(errors, 1)}`, (errors ?? 0) > 0.05 ? 'warn' : 'dim'],
    `${perMinute(row, state)}/min`,
    inFlight > 0 ? `${shortCount(inFlight)} now` : '',
  ];
}

/** Since the proxy was started, by calls. */
function errorRate({ calls }: ProviderRow): number | null {
  return calls === null || calls.requests === 0 ? null : calls.errors / calls.requests;
}

function perMinute({ name }: ProviderRow, state: DashboardState): string {
  const rate = requestsPerMinute(state, name);
  if (rate === null) return '-';
  return rate > 0 && rate < 9.95 ? rate.toFixed(1) : shortCount(rate);
}

function failure({ circuit }: ProviderRow): string {
  const last = failureWord(circuit);
  return last === null ? '' : `${atMost(last, 5)}, `;
}

/** What has room in a column, of codes that do not. */
const shortFailures: ReadonlyMap<string, string> = new Map([
  ['upstream_truncated', 'cut'],
  ['upstream_stream_error', 'stream'],
  ['upstream_unreachable', 'no answer'],
]);

/** Most are the provider's: the word for that says nothing. */
function failureWord(circuit: ProviderRow['circuit']): string | null {
  const code = circuit?.last_failure ?? null;
  return code === null ? null : (shortFailures.get(code) ?? code.replace(/^upstream_/u, ''));
}

interface WideLine {
  readonly mark: string;
  readonly name: string;
  readonly circuit: ProviderRow['circuit'];
  /** Null for a model of a provider: only its circuit is known. */
  readonly row: ProviderRow | null;
}

interface Drawn {
  readonly header: Line[];
  readonly draw: (entry: Entry) => Line[];
}

function wideLines(shown: readonly Entry[], state: DashboardState, inner: number): Drawn {
  const words = shown.flatMap(({ row }) => [row.circuit, ...row.models.map(([, circuit]) => circuit)]);
  const widest = Math.max(stateWidth, ...words.map((circuit) => circuitWord(circuit)[0].length));
  const { header, row: line } = table(wideColumns(state, widest), inner);
  return {
    header: [header],
    draw: ({ row, isChosen }) => [
      line({ mark: isChosen ? '>' : ' ', name: row.name, circuit: row.circuit, row }),
      ...row.models.map(([name, circuit]) => line({ mark: ' ', name: ` ${name}`, circuit, row: null })),
    ],
  };
}

function wideColumns(state: DashboardState, stateColumn: number): Column<WideLine>[] {
  const ofRow =
    (read: (row: ProviderRow) => string) =>
    ({ row }: WideLine): string =>
      row === null ? '' : read(row);
  const latency = (point: 'p50' | 'p99'): ((line: WideLine) => string) =>
    ofRow(({ calls }) => (calls?.latency_ms == null ? '-' : milliseconds(calls.latency_ms[point])));
  const right = { align: 'right', width: 5 } as const;
  return [
    {
      ...{ title: ' name', width: nameWidth, align: 'left', grows: 2 },
      cell: ({ mark, name }, width) => {
        const called = `${mark}${left(name, width - 1)}`;
        return mark === '>' ? [called, 'strong'] : called;
      },
    },
    { title: 'state', width: stateColumn, align: 'left', cell: ({ circuit }) => circuitWord(circuit) },
    { ...right, title: 'err %', cell: ofRow((row) => percent(errorRate(row), 1).replace('%', '')) },
    { ...right, title: 'req/m', cell: ofRow((row) => perMinute(row, state)) },
    { ...right, title: 'now', width: 4, cell: ofRow(({ calls }) => shortCount(calls?.in_flight ?? 0)) },
    { ...right, title: 'p50', cell: latency('p50') },
    { ...right, title: 'p99', cell: latency('p99') },
    {
      ...{ title: 'last', align: 'left', width: 5, grows: 1 },
      cell: ofRow(({ circuit }) => failureWord(circuit) ?? '-'),
    },
    { ...{ title: 'next', align: 'left', width: 9 }, cell: ({ circuit }) => nextProbe(circuit) || '-' },
  ];
}
