import { left, oneLine, type Line } from '../cells.ts';
import type { Detail, DetailTrace } from '../detail-data.ts';
import { elapsed } from '../format.ts';
import { frame } from '../frame.ts';
import { chartMode } from '../panels/panel.ts';
import { requestFacts } from '../request-facts.ts';
import type { RequestRow } from '../state.ts';
import { pieces, type Cell } from '../table.ts';
import { timeline } from '../timeline.ts';
import { type Overflow, scrolled, type ScreenView, type ViewInput } from './view-input.ts';

/** One request: what it was, the way it took, and where its time went. */
export const detailView: ScreenView = (input) => {
  const { view, width, height, glyphs } = input;
  const row = chosenRow(input);
  if (row === null) {
    const lines: Line[] = [[['This request is no longer listed.', 'dim']]];
    return frame({ title: 'request', lines, width, height, glyphs, focused: true });
  }
  const all = boxes(row, input).flatMap(({ title, note = '', lines }) =>
    frame({ title, note: [note, 'dim'], lines, width, height: lines.length + 2, glyphs, focused: title === 'request' }),
  );
  const shown = scrolled(all, view.scroll, height);
  return [...shown, ...Array.from({ length: height - shown.length }, (): Line => [' '.repeat(width)])];
};

export const detailOverflow: Overflow = (input) => {
  const row = chosenRow(input);
  if (row === null) return 0;
  const lines = boxes(row, input).reduce((sum, box) => sum + box.lines.length + 2, 0);
  return Math.max(lines - input.height, 0);
};

function chosenRow({ state, requests, view }: ViewInput): RequestRow | null {
  if (view.selected === null) return requests[0] ?? null;
  return state.requests.find(({ id }) => id === view.selected) ?? null;
}

interface Box {
  readonly title: string;
  readonly note?: string;
  readonly lines: readonly Line[];
}

function boxes(row: RequestRow, input: ViewInput): readonly Box[] {
  const inner = input.width - 4;
  const trace = traceOf(input.detail);
  const request: Box = { title: 'request', lines: requestFacts(row, trace, inner) };
  const route: Box = { title: 'route', lines: attempts(row, inner) };
  if (trace === null) return [request, route, { title: 'timeline ms', lines: [missing(row, input.detail)] }];
  const time: Box = { title: 'timeline ms', note: 'began at, took', lines: timeline(trace, inner, chartMode(input)) };
  return [request, route, time, { title: 'headers', lines: headerLines(trace) }];
}

function traceOf(detail: Detail | null): DetailTrace | null {
  return detail === null || typeof detail === 'string' ? null : (detail.trace ?? null);
}

function missing(row: RequestRow, detail: Detail | null): Line {
  if (row.status === null) return [['It is on its way: what it took is told when it has ended.', 'dim']];
  return [[detail === 'loading' ? 'Being asked for...' : 'The proxy keeps no trace of it any more.', 'dim']];
}

function attempts({ attempts: all, provider }: RequestRow, inner: number): Line[] {
  if (all.length === 0) return [[['No provider was asked.', 'dim']]];
  return all.map((attempt, index) => {
    const { status, outcome, ms, cause } = attempt;
    const cells: readonly Cell[] = [
      [`${index + 1}`, 'dim'],
      left(attempt.provider, 14),
      [status === null ? '-  ' : String(status), status !== null && status < 400 ? 'good' : 'warn'],
      elapsed(ms),
      outcome === null ? '' : oneLine(outcome).replaceAll('_', ' '),
      cause === null
        ? attempt.provider === provider
          ? ['answered', 'dim']
          : ''
        : [`then another, for ${oneLine(cause)}`, 'warn'],
    ];
    return pieces(cells, inner);
  });
}

function headerLines({ headers }: DetailTrace): Line[] {
  if (headers == null) return [[['Not recorded.', 'dim']]];
  const line =
    (direction: '>' | '<') =>
    ([name, value]: readonly [string, string]): Line => [
      [`${direction} `, 'dim'],
      [`${oneLine(name)}: `, 'accent'],
      oneLine(value),
    ];
  return [...headers.request.map(line('>')), ...headers.response.map(line('<'))];
}
