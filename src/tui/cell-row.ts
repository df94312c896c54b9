import { cellWidth } from './cells.ts';
import { plainStyle, restyled, type TextStyle } from './text-style.ts';

/** A painted row as the cells that it takes. Plain blanks at its end are left out. */
export interface CellRow {
  /** By column. The second cell of a wide character holds `continued` and the character. */
  readonly texts: readonly string[];
  readonly styles: readonly TextStyle[];
  /** Columns of characters for which terminals disagree about the width, or null where there are none. */
  readonly uncertain: readonly number[] | null;
}

/** What the second cell of a wide character begins with. It is never written. */
export const continued = '\u0000';

export const emptyRow: CellRow = { texts: [], styles: [], uncertain: null };

const escape = '\u001B';
/** Colours are kept, everything else that is no text is dropped. */
const sequences = new RegExp(
  [
    String.raw`${escape}\[([\d:;]*)m`,
    String.raw`${escape}\][^\u0007${escape}]*(?:\u0007|${escape}\\)?`,
    String.raw`${escape}\[[0-?]*[ -\/]*[@-~]?`,
    String.raw`${escape}[ -\/]*[0-~]?`,
    String.raw`\p{Cc}`,
  ].join('|'),
  'gu',
);

// Of the scripts in which the screen itself is written, and of the largest others, what every terminal agrees about.
// Anything else is drawn with more care (emoji, combining marks, https://www.unicode.org/reports/tr11/ ambiguity).
const narrow =
  '\\u0020-\\u007E\\u00A1-\\u00AC\\u00AE-\\u02FF\\u0391-\\u0482\\u048A-\\u052F\\u2010-\\u2027\\u2030-\\u203B' +
  '\\u20A0-\\u20BF\\u2190-\\u2193\\u2200-\\u22FF\\u2500-\\u25A9\\u25B2-\\u25B5\\u25CB-\\u25CF\\u2800-\\u28FF';
const wide = '\\u3041-\\u3096\\u30A1-\\u30FA\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7A3\\uFF01-\\uFF60';
const allNarrow = new RegExp(`^[${narrow}]*$`, 'u');
const oneWide = new RegExp(`^[${wide}]$`, 'u');
const segments = new Intl.Segmenter();

/** The row in at most so many columns. A wide character that does not fit at its end is a blank. */
export function cellRow(row: string, columns: number): CellRow {
  const builder = new CellRowBuilder(columns);
  let end = 0;
  let style = plainStyle;
  for (const match of row.matchAll(sequences)) {
    if (match.index > end) builder.add(row.slice(end, match.index), style);
    end = match.index + match[0].length;
    if (match[1] !== undefined) style = restyled(style, match[1]);
  }
  if (end < row.length) builder.add(row.slice(end), style);
  return builder.row();
}

class CellRowBuilder {
  readonly #columns: number;
  readonly #texts: string[] = [];
  readonly #styles: TextStyle[] = [];
  readonly #uncertain = new Set<number>();
  #full = false;

  constructor(columns: number) {
    this.#columns = columns;
  }

  add(text: string, style: TextStyle): void {
    if (allNarrow.test(text)) {
      for (let index = 0; index < text.length; index++) this.#put(text[index]!, 1, style);
      return;
    }
    for (const { segment } of segments.segment(text)) {
      if (allNarrow.test(segment)) this.#put(segment, 1, style);
      else if (oneWide.test(segment)) this.#put(segment, 2, style);
      else this.#putUncertain(segment, style);
    }
  }

  row(): CellRow {
    let length = this.#texts.length;
    while (length > 0 && this.#texts[length - 1] === ' ' && this.#styles[length - 1] === plainStyle) length--;
    this.#texts.length = length;
    this.#styles.length = length;
    const uncertain = this.#uncertain.size === 0 ? null : [...this.#uncertain];
    return { texts: this.#texts, styles: this.#styles, uncertain };
  }

  #put(text: string, width: number, style: TextStyle): void {
    if (this.#full) return;
    const fits = this.#texts.length + width <= this.#columns;
    if (fits) {
      this.#texts.push(text);
      this.#styles.push(style);
    }
    for (let more = fits ? 1 : 0; more < width && this.#texts.length < this.#columns; more++) {
      this.#texts.push(fits ? continued + text : ' ');
      this.#styles.push(style);
    }
    this.#full = !fits;
  }

  #putUncertain(text: string, style: TextStyle): void {
    const width = cellWidth(text);
    const column = this.#texts.length;
    if (width > 0) {
      this.#put(text, width, style);
      if (!this.#full) this.#uncertain.add(column);
    } else if (column > 0 && !this.#full) {
      this.#attach(text);
    }
  }

  /** A mark that takes no cell belongs to the character before it. */
  #attach(mark: string): void {
    let column = this.#texts.length - 1;
    while (this.#texts[column]!.startsWith(continued)) column--;
    for (let cell = column; cell < this.#texts.length; cell++) this.#texts[cell] += mark;
    this.#uncertain.add(column);
  }
}
