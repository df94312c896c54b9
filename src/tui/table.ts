import { cellWidth, left, right, type Span, type Line, type Style } from './cells.ts';

export interface Column<Row> {
  readonly title: string;
  /** In cells. */
  readonly width: number;
  readonly align: 'left' | 'right';
  /** How much of the room that is left over it takes, beside the others. */
  readonly grows?: number;
  /** What stands in it; it is cut and filled up. */
  cell(row: Row, width: number): Cell;
}

export type Cell = string | readonly [text: string, style: Style];

/** Columns with their final widths. */
export interface Table<Row> {
  readonly header: Line;
  readonly row: (row: Row) => Line;
}

/** What columns need where none has grown. */
export function leastWidth<Row>(columns: readonly Column<Row>[], gap = 1): number {
  return columns.reduce((sum, { width }) => sum + width, gap * (columns.length - 1));
}

/** Lays columns out over exactly `width` cells, with `gap` between them; too many are cut by the frame. */
export function table<Row>(columns: readonly Column<Row>[], width: number, gap = 1): Table<Row> {
  const widths = shareOut(columns, Math.max(width - leastWidth(columns, gap), 0));
  const space = ' '.repeat(gap);
  const line = (cellOf: (column: Column<Row>, width: number) => Cell): Line =>
    columns.flatMap((column, index): Span[] => {
      const cell = cellOf(column, widths[index]!);
      const placed = place(cell, column.align, widths[index]!);
      return index === 0 ? [placed] : [space, placed];
    });
  return {
    header: line(({ title }) => [title, 'dim']),
    row: (row) => line((column, columnWidth) => column.cell(row, columnWidth)),
  };
}

function place(cell: Cell, align: 'left' | 'right', width: number): Span {
  const put = align === 'left' ? left : right;
  return typeof cell === 'string' ? put(cell, width) : [put(cell[0], width), cell[1]];
}

function shareOut<Row>(columns: readonly Column<Row>[], spare: number): number[] {
  const shares = columns.reduce((sum, { grows = 0 }) => sum + grows, 0);
  let left = spare;
  let open = shares;
  return columns.map(({ width, grows = 0 }) => {
    const more = open === 0 ? 0 : Math.floor((left * grows) / open);
    left -= more;
    open -= grows;
    return width + more;
  });
}

/** Pieces behind each other with two spaces between, as many of the first as have room. */
export function pieces(all: readonly Cell[], width: number, gap = 2): Line {
  const line: Span[] = [];
  let room = width;
  for (const piece of all) {
    const text = typeof piece === 'string' ? piece : piece[0];
    const needed = cellWidth(text) + (line.length === 0 ? 0 : gap);
    if (text === '') continue;
    if (needed > room) break;
    line.push(...(line.length === 0 ? [piece] : [' '.repeat(gap), piece]));
    room -= needed;
  }
  return line;
}
