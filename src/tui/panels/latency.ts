import type { Quantiles } from '../../proxy/monitor/histogram.ts';
import { right, type Line, type Span, type Style } from '../cells.ts';
import { areaChart, chartPoints } from '../charts.ts';
import { chosenSlices, chosenWindow } from '../chosen-window.ts';
import { milliseconds } from '../figures.ts';
import { frame } from '../frame.ts';
import { table, type Column } from '../table.ts';
import { type Verdict, verdict } from '../target.ts';
import { chartMode, type Panel, type PanelInput } from './panel.ts';

interface LatencyRow {
  readonly name: string;
  readonly quantiles: Quantiles | null;
  /** What is to be thought of its p99; null where nothing is. */
  readonly style: Style | null;
}

const points = ['p50', 'p95', 'p99', 'p999', 'max'] as const;
const chartLabel = 'overhead max';

/** Where the time went: what tokenpak added, and what the providers took. */
export const latencyPanel: Panel = (input) => {
  const { state, view, width, height, glyphs } = input;
  const inner = width - 4;
  const window = chosenWindow(state, view);
  const latency = window?.latency_ms ?? null;
  const judged = judgedOverhead(window);
  const { header, row } = table(columns(inner), inner);
  const rows: readonly LatencyRow[] = [
    { name: 'overhead', quantiles: latency?.overhead ?? null, style: judged?.style ?? null },
    { name: 'first byte', quantiles: latency?.first_byte ?? null, style: null },
    { name: 'total', quantiles: latency?.total ?? null, style: null },
  ];
  const lines = [header, ...rows.map(row), ...chart(input, inner, height - 7)];
  const note: Span = judged === null ? ['no data', 'dim'] : [`${judged.word} ${judged.fact}`.trimStart(), judged.style];
  return frame({
    ...{ title: '3 latency ms', note, lines, width, height, glyphs },
    focused: view.focus === 'latency',
  });
};

function judgedOverhead(window: ReturnType<typeof chosenWindow>): Verdict | null {
  const overhead = window?.latency_ms.overhead ?? null;
  return window === null || overhead === null ? null : verdict(overhead.p99, window.requests);
}

function columns(inner: number): Column<LatencyRow>[] {
  const shown = points.filter((point) => point !== 'p999' || inner >= 40);
  return [
    { title: '', width: 10, align: 'left', grows: 1, cell: ({ name }) => [name, 'dim'] },
    ...shown.map((point): Column<LatencyRow> => ({
      title: point === 'p999' ? 'p99.9' : point,
      width: 5,
      align: 'right',
      grows: 1,
      cell: ({ quantiles, style }) => {
        if (quantiles === null) return ['-', 'dim'];
        const text = milliseconds(quantiles[point]);
        return style !== null && point === 'p99' ? [text, style] : text;
      },
    })),
  ];
}

/** The largest overhead of each slice of the window, where there is room for it. */
function chart(input: PanelInput, inner: number, height: number): Line[] {
  if (height < 1) return [];
  const mode = chartMode(input);
  const width = inner - chartLabel.length - 1;
  const { slices } = chosenSlices(input.state, input.view, chartPoints(width, mode));
  const values = slices.map(({ overheadMs }) => overheadMs);
  const most = values.reduce<number>((largest, value) => Math.max(largest, value ?? 0), 0);
  const rows = areaChart(values, { width, height, mode });
  const labels: string[] = rows.map((_, index) => (index === height - 1 ? chartLabel : ''));
  if (height > 1) labels[0] = most > 0 ? milliseconds(most) : '';
  return [
    [],
    ...rows.map((row, index): Line => [[row, 'accent'], ' ', [right(labels[index]!, chartLabel.length), 'dim']]),
  ];
}
