import type { WindowJson } from '../../proxy/monitor/snapshot.ts';
import { left, right, type Line } from '../cells.ts';
import { areaChart, chartPoints } from '../charts.ts';
import { chosenSlices, chosenWindow } from '../chosen-window.ts';
import { cacheRate, percent, shortCount } from '../figures.ts';
import { dollars } from '../format.ts';
import { frame } from '../frame.ts';
import { pieces, type Cell } from '../table.ts';
import { chartMode, type Panel, type PanelInput } from './panel.ts';

const labelWidth = 8;
const rateWidth = 8;
const axisWidth = 10;

/**
 * The providers' prompt cache, by tokens. The reply cache and the causes of misses have no source yet: they show `-`,
 * since the two rates are never to be taken for one.
 */
export const cachePanel: Panel = (input) => {
  const { state, view, width, height, glyphs } = input;
  const inner = width - 4;
  const window = chosenWindow(state, view);
  const hasMissesRow = height >= 8;
  const rows = [prompt(window), tokens(window, inner), reply(hasMissesRow), ...(hasMissesRow ? [misses()] : [])];
  if (height >= 9) rows.push([]);
  const lines = [...rows, ...chart(input, inner, Math.max(height - 2 - rows.length, 1))];
  return frame({
    ...{ title: '2 cache', note: [view.window, 'dim'], lines, width, height, glyphs },
    focused: view.focus === 'cache',
  });
};

function prompt(window: WindowJson | null): Line {
  const rate = window === null ? null : cacheRate(window.tokens);
  return [
    ...label('prompt'),
    [left(percent(rate, 1), rateWidth), rate === null ? 'dim' : 'strong'],
    ['saved ', 'dim'],
    window === null ? '-' : dollars(window.saved_usd),
  ];
}

function tokens(window: WindowJson | null, inner: number): Line {
  const { cache_read: read, cache_write: written, input } = window?.tokens ?? {};
  const of = (name: string, value: number | undefined): Cell =>
    `${name} ${value === undefined ? '-' : shortCount(value)}`;
  return pieces([of('read', read), of('write', written), of('new', input)], inner);
}

function reply(hasMissesRow: boolean): Line {
  const line: Line = [...label('reply'), left('-', rateWidth)];
  return hasMissesRow ? line : [...line, ['misses ', 'dim'], '-'];
}

function misses(): Line {
  return [...label('misses'), '-'];
}

function label(text: string): Line {
  return [[left(text, labelWidth), 'dim']];
}

/** The prompt cache's rate, slice by slice; none where nothing was sent. */
function chart(input: PanelInput, inner: number, height: number): Line[] {
  const mode = chartMode(input);
  const width = inner - axisWidth - 1;
  const { slices } = chosenSlices(input.state, input.view, chartPoints(width, mode));
  const rates = slices.map((slice) => (slice.input > 0 ? slice.cacheRead / slice.input : null));
  return areaChart(rates, { width, height, mode }).map((row, index) => [
    [row, 'accent'],
    ' ',
    [right(index === height - 1 ? 'prompt' : '', axisWidth), 'dim'],
  ]);
}
