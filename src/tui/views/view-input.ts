import type { Line } from '../cells.ts';
import type { Detail } from '../detail-data.ts';
import type { PanelInput } from '../panels/panel.ts';
import type { Layout } from '../screen-size.ts';

/** What a screen's body is drawn from: everything between header and footer. */
export interface ViewInput extends PanelInput {
  /** Of the request under the cursor; null where none is. */
  readonly detail: Detail | null;
  readonly layout: Layout;
}

/** Draws a body: exactly `height` lines of exactly `width` cells. */
export type ScreenView = (input: ViewInput) => Line[];

/** How far a view can be scrolled, in lines. */
export type Overflow = (input: ViewInput) => number;

/** The lines from `scroll` on, but no further than that the last ones fill the room. */
export function scrolled<Item>(items: readonly Item[], scroll: number, room: number): readonly Item[] {
  const first = Math.max(Math.min(scroll, items.length - room), 0);
  return items.slice(first, first + Math.max(room, 0));
}
