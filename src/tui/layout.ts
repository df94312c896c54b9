import { asciiLine } from './ascii-line.ts';
import type { Line } from './cells.ts';
import { chosenRequests } from './chosen-requests.ts';
import type { Detail } from './detail-data.ts';
import { footer, spokenLine } from './footer.ts';
import type { Glyphs } from './glyphs.ts';
import { header } from './header.ts';
import { statusLine } from './one-line.ts';
import { footerHeight, layoutOf, type Layout, type ScreenSize } from './screen-size.ts';
import type { DashboardState } from './state.ts';
import type { View, ViewName } from './view.ts';
import { detailOverflow, detailView } from './views/detail.ts';
import { eventsOverflow, eventsView } from './views/events.ts';
import { helpOverflow, helpView } from './views/help.ts';
import { overview, pageRows } from './views/overview.ts';
import type { Overflow, ScreenView, ViewInput } from './views/view-input.ts';

export interface ScreenInput extends ScreenSize {
  readonly state: DashboardState;
  readonly view: View;
  /** Of the request under the cursor; null where none was asked for. */
  readonly detail: Detail | null;
  readonly glyphs: Glyphs;
  /** Fewer frames are drawn than there should be, since they take too much of this machine. */
  readonly isSlow: boolean;
}

const views: Readonly<Record<ViewName, ScreenView>> = {
  overview,
  detail: detailView,
  events: eventsView,
  help: helpView,
};

const overflows: Readonly<Record<ViewName, Overflow>> = {
  overview: () => 0,
  detail: detailOverflow,
  events: eventsOverflow,
  help: helpOverflow,
};

/** How far what is seen can be scrolled, and how much of it is seen at once; both in lines. */
export function scrollRoom(input: ScreenInput): { readonly lastScroll: number; readonly pageRows: number } {
  const layout = layoutOf(input);
  if (layout === 'line') return { lastScroll: 0, pageRows: 1 };
  const viewInput = viewInputOf(input, layout);
  const isOverview = input.view.name === 'overview';
  return {
    lastScroll: overflows[input.view.name](viewInput),
    pageRows: isOverview ? pageRows(input) : viewInput.height - 2,
  };
}

/** The whole screen: exactly `rows` lines of exactly `columns` cells, whatever the size. */
export function drawScreen(input: ScreenInput): Line[] {
  const layout = layoutOf(input);
  const lines = layout === 'line' ? tiny(input) : full(input, layout);
  return input.glyphs.ascii ? lines.map(asciiLine) : lines;
}

function tiny({ state, view, columns, rows }: ScreenInput): Line[] {
  const blank: Line = [' '.repeat(columns)];
  // What waits for an answer, or is one, matters most.
  const line = spokenLine(view, columns) ?? statusLine(state, view, columns);
  return [line, ...Array.from({ length: rows - 1 }, () => blank)];
}

function full(input: ScreenInput, layout: Layout): Line[] {
  const { state, view, columns, isSlow } = input;
  const body = views[view.name](viewInputOf(input, layout));
  return [
    header({ state, view, columns, isSlow }),
    ...body,
    ...footer({ state, view, columns, height: footerHeight(layout) }),
  ];
}

function viewInputOf({ state, view, detail, columns, rows, glyphs }: ScreenInput, layout: Layout): ViewInput {
  const requests = chosenRequests(state.requests, view);
  const height = rows - 1 - footerHeight(layout);
  return { state, view, requests, detail, layout, width: columns, height, glyphs };
}
