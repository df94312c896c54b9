import stringWidth from 'string-width';
import { plainText } from './plain-text.ts';

/** How a text looks; what it means is always said in words as well. */
export type Style = 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad' | 'inverse';

/** A piece of a line: plain text, without escapes. */
export type Span = string | readonly [text: string, style: Style];

/** One line of the screen, before it is painted: so its width can be counted, and it can be cut. */
export type Line = readonly Span[];

/** Gives a text its colours, or none. */
export type Paint = (text: string, style: Style) => string;

/** Printable ASCII, and what frames and charts are drawn with: each character is one cell, and harmless. */
const simple = /^[\u0020-\u007E\u2026\u2500-\u259F\u2800-\u28FF]*$/u;
const segments = new Intl.Segmenter();

/** Cells that a text takes on a terminal, by https://www.unicode.org/reports/tr11/. */
export function cellWidth(text: string): number {
  return simple.test(text) ? text.length : stringWidth(text);
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, span) => sum + cellWidth(textOf(span)), 0);
}

// What has no cell of its own, or has one on some terminals and not on others: joiners and other formats, variation
// selectors, skin tones (https://www.unicode.org/reports/tr51/).
const widthless = /[\p{Cf}\p{Emoji_Modifier}\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;
/** More marks on one letter than any script needs grow over the lines around it. */
const piledMarks = /(\p{M}{4})\p{M}+/gu;

/** A foreign text on one line, made harmless, and as wide on every terminal as it is counted here. */
export function oneLine(text: string): string {
  if (simple.test(text)) return text;
  return plainText(text)
    .replace(/[\t\n]+/gu, ' ')
    .replace(widthless, '')
    .replace(piledMarks, '$1');
}

/** The text in exactly so many cells: cut with an ellipsis, or filled up with spaces behind it. */
export function left(text: string, width: number): string {
  const cut = cutTo(oneLine(text), width);
  return cut + ' '.repeat(Math.max(width - cellWidth(cut), 0));
}

/** The same, filled up in front. */
export function right(text: string, width: number): string {
  const cut = cutTo(oneLine(text), width);
  return ' '.repeat(Math.max(width - cellWidth(cut), 0)) + cut;
}

/** The text in at most so many cells: cut with an ellipsis where it is longer. */
export function atMost(text: string, width: number): string {
  return cutTo(oneLine(text), width);
}

/** Looks at no more of a text than has room: it may be very long. */
function cutTo(text: string, width: number): string {
  if (width <= 0) return '';
  if (text.length <= width && simple.test(text)) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segments.segment(text)) {
    const next = cellWidth(segment);
    if (used + next > width) return `${kept}…`;
    used += next;
    if (used < width) kept += segment;
  }
  return text;
}

/** The line in exactly so many cells. */
export function fitLine(line: Line, width: number): Line {
  const fitted: Span[] = [];
  let room = width;
  for (const span of line) {
    const text = textOf(span);
    const taken = Math.min(cellWidth(text), room);
    const cut = left(text, taken);
    fitted.push(typeof span === 'string' ? cut : [cut, span[1]]);
    room -= taken;
    if (room === 0) break;
  }
  if (room > 0) fitted.push(' '.repeat(room));
  return fitted;
}

export function paintLine(line: Line, paint: Paint): string {
  return line.map((span) => (typeof span === 'string' ? span : paint(span[0], span[1]))).join('');
}

export function lineText(line: Line): string {
  return line.map(textOf).join('');
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span[0];
}
