import type { Line } from '../cells.ts';
import type { ChartMode } from '../charts.ts';
import type { Glyphs } from '../glyphs.ts';
import type { DashboardState, RequestRow } from '../state.ts';
import type { View } from '../view.ts';

/** What a panel is drawn from. */
export interface PanelInput {
  readonly state: DashboardState;
  readonly view: View;
  /** The requests that the filter lets through, in the order that was chosen. */
  readonly requests: readonly RequestRow[];
  /** Of the whole panel, its frame included. */
  readonly width: number;
  readonly height: number;
  readonly glyphs: Glyphs;
}

/** Draws a panel: exactly `height` lines of exactly `width` cells. It knows no terminal, and no time but the state's. */
export type Panel = (input: PanelInput) => Line[];

/** How charts are drawn: as chosen, unless only ASCII can be shown. */
export function chartMode({ view, glyphs }: Pick<PanelInput, 'view' | 'glyphs'>): ChartMode {
  return glyphs.ascii ? 'ascii' : view.chart;
}
