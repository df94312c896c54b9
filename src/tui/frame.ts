import { cellWidth, fitLine, type Line, type Span } from './cells.ts';
import type { Glyphs } from './glyphs.ts';

export interface Frame {
  readonly title: string;
  /** At the right end of the top edge. */
  readonly note?: Span;
  readonly lines: readonly Line[];
  /** Of the whole, edges included. */
  readonly width: number;
  readonly height: number;
  readonly glyphs: Glyphs;
  readonly focused?: boolean;
}

/** A panel in its frame: exactly `height` lines of exactly `width` cells. */
export function frame({ title, note = '', lines, width, height, glyphs, focused = false }: Frame): Line[] {
  const edge = focused ? 'accent' : 'dim';
  const inner = width - 4;
  const body = Array.from({ length: Math.max(height - 2, 0) }, (_, index): Line => [
    [`${glyphs.down} `, edge],
    ...fitLine(lines[index] ?? [], inner),
    [` ${glyphs.down}`, edge],
  ]);
  const bottom: Line = [[glyphs.bottomLeft + glyphs.across.repeat(width - 2) + glyphs.bottomRight, edge]];
  return [topEdge({ title, note, width, glyphs, edge }), ...body, bottom].slice(0, height);
}

interface Edge {
  readonly title: string;
  readonly note: Span;
  readonly width: number;
  readonly glyphs: Glyphs;
  readonly edge: 'accent' | 'dim';
}

function topEdge({ title, note, width, glyphs, edge }: Edge): Line {
  const said = typeof note === 'string' ? note : note[0];
  const heading: Line = fitLine([` ${title} `], Math.min(cellWidth(title) + 2, width - 3));
  const room = width - 3 - Math.min(cellWidth(title) + 2, width - 3);
  const tail = said !== '' && cellWidth(said) + 3 <= room ? cellWidth(said) + 3 : 0;
  const end: Line = tail === 0 ? [] : [' ', note, ' ', [glyphs.across, edge]];
  return [
    [glyphs.topLeft + glyphs.across, edge],
    ...heading,
    [glyphs.across.repeat(room - tail), edge],
    ...end,
    [glyphs.topRight, edge],
  ];
}

/** Blocks of equal height, side by side. */
export function beside(...blocks: readonly (readonly Line[])[]): Line[] {
  return (blocks[0] ?? []).map((_, row) => blocks.flatMap((block) => block[row] ?? []));
}
