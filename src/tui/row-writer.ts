import { type CellRow, continued } from './cell-row.ts';
import type { RowShift } from './row-shift.ts';
import { plainStyle, styleChange, type TextStyle } from './text-style.ts';

/** Writing up to so many unchanged cells again is as short as moving over them. */
const bridgedCells = 4;

/** Writes what turns the rows on a screen into others, in as few bytes as are safe. */
export class RowWriter {
  #text = '';
  #style: TextStyle = plainStyle;
  /** Where the cursor is, from 0; -1 where that is not known. */
  #row = -1;
  #column = -1;
  readonly #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** All that was written; nothing is left of the style that was last used. */
  finish(): string {
    this.#restyle(plainStyle);
    return this.#text;
  }

  /** Moves rows on the terminal, by what every VT102 can: margins, and inserted or deleted rows within them. */
  shift({ top, bottom, by }: RowShift): void {
    this.#restyle(plainStyle);
    this.#text += `\u001B[${top + 1};${bottom + 1}r\u001B[${top + 1}H\u001B[${Math.abs(by)}${by > 0 ? 'L' : 'M'}\u001B[r`;
    this.#column = -1;
  }

  update(row: number, before: CellRow, after: CellRow): void {
    if (before.uncertain !== null || after.uncertain !== null) {
      if (!sameCells(before, after)) this.#rewrite(row, after);
      return;
    }
    const length = after.texts.length;
    let column = nextChange(before, after, 0);
    while (column < length) {
      const end = endOfChange(before, after, column);
      this.#put(row, after, [column, end]);
      column = nextChange(before, after, end);
    }
    if (before.texts.length > length) this.#clearFrom(row, length);
  }

  /**
   * Where terminals disagree about the width of a character, the cells behind it are found by their numbers, on a row
   * that was cleared before: whatever the terminal made of that character, they stand where they should.
   */
  #rewrite(row: number, after: CellRow): void {
    const { texts, uncertain } = after;
    this.#clearFrom(row, 0);
    let start = 0;
    for (const column of uncertain ?? []) {
      let end = column + 1;
      while (texts[end]?.startsWith(continued) === true) end++;
      this.#put(row, after, [start, end]);
      this.#column = -1;
      start = end;
    }
    this.#put(row, after, [start, texts.length]);
    if (texts.length < this.#columns) this.#clearFrom(row, texts.length);
  }

  #put(row: number, { texts, styles }: CellRow, [start, end]: readonly [number, number]): void {
    if (start >= end) return;
    this.#moveTo(row, start);
    for (let column = start; column < end; column++) {
      const text = texts[column]!;
      if (text.startsWith(continued)) continue;
      this.#restyle(styles[column]!);
      this.#text += text;
    }
    this.#column = end;
  }

  /** Not for the last column of a full row: terminals disagree about where the cursor is then. */
  #clearFrom(row: number, column: number): void {
    this.#restyle(plainStyle);
    this.#moveTo(row, column);
    this.#text += '\u001B[K';
  }

  #moveTo(row: number, column: number): void {
    const ahead = column - this.#column;
    if (row !== this.#row || this.#column < 0) this.#text += `\u001B[${row + 1};${column + 1}H`;
    else if (ahead > 0) this.#text += `\u001B[${ahead}C`;
    this.#row = row;
    this.#column = column;
  }

  #restyle(style: TextStyle): void {
    this.#text += styleChange(this.#style, style);
    this.#style = style;
  }
}

function sameCells(one: CellRow, other: CellRow): boolean {
  return one.texts.length === other.texts.length && nextChange(one, other, 0) === other.texts.length;
}

/** The first column from `column` on that is not as it was; the length of the row where there is none. */
function nextChange(before: CellRow, after: CellRow, column: number): number {
  let next = column;
  while (next < after.texts.length && sameCell(before, after, next)) next++;
  return next;
}

/** Behind the last column that is worth writing together with this one. */
function endOfChange(before: CellRow, after: CellRow, column: number): number {
  let end = column + 1;
  for (let next = end; next < after.texts.length && next - end <= bridgedCells; next++) {
    if (!sameCell(before, after, next)) end = next + 1;
  }
  return end;
}

function sameCell(before: CellRow, after: CellRow, column: number): boolean {
  return (
    (before.texts[column] ?? ' ') === after.texts[column] &&
    (before.styles[column] ?? plainStyle) === after.styles[column]
  );
}
