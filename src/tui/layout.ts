import { asciiLine } from './ascii-line.ts';
import type { Line } from './cells.ts';
import { chosenRequests } from './chosen-requests.ts';
import type { Detail } from './detail-data.ts';
import { footer } from './footer.ts';
import type { Glyphs } from './glyphs.ts';
import { header } from './header.ts';
import { statusLine } from './one-line.ts';
import { footerHeight, layoutOf, type Layout, type ScreenSize } from './screen-size.ts';
import type { DashboardState } from './state.ts';
import type { View, ViewName } from './view.ts';
import { detailView } from './views/detail.ts';
import { eventsView } from './views/events.ts';
import { helpView } from './views/help.ts';
import { overview } from './views/overview.ts';
import type { ScreenView } from './views/view-input.ts';

export interface ScreenInput extends ScreenSize {
  readonly state: DashboardState;
  readonly view: View;
  /** Of the request under the cursor; null where none was asked for. */
  readonly detail: Detail | null;
  readonly glyphs: Glyphs;
}

const views: Readonly<Record<ViewName, ScreenView>> = {
  overview,
  detail: detailView,
  events: eventsView,
  help: helpView,
};

/** The whole screen: exactly `rows` lines of exactly `columns` cells, whatever the size. */
export function drawScreen(input: ScreenInput): Line[] {
  const layout = layoutOf(input);
  const lines = layout === 'line' ? tiny(input) : full(input, layout);
  return input.glyphs.ascii ? lines.map(asciiLine) : lines;
}

function tiny({ state, view, columns, rows }: ScreenInput): Line[] {
  const blank: Line = [' '.repeat(columns)];
  return [statusLine(state, view, columns), ...Array.from({ length: rows - 1 }, () => blank)];
}

function full({ state, view, detail, columns, rows, glyphs }: ScreenInput, layout: Layout): Line[] {
  const below = footer({ state, view, columns, height: footerHeight(layout) });
  const requests = chosenRequests(state.requests, view);
  const height = rows - 1 - below.length;
  const body = views[view.name]({ state, view, requests, detail, layout, width: columns, height, glyphs });
  return [header({ state, view, columns }), ...body, ...below];
}
