import { cellWidth, type Line } from './cells.ts';

const foreign = /[^\u0020-\u007E]/u;
const segments = new Intl.Segmenter();

/** The line for a terminal that knows ASCII alone: all else as a question mark for each cell it took. */
export function asciiLine(line: Line): Line {
  return line.map((span) => (typeof span === 'string' ? asciiText(span) : [asciiText(span[0]), span[1]]));
}

function asciiText(text: string): string {
  if (!foreign.test(text)) return text;
  return Array.from(segments.segment(text), ({ segment }) => asciiSegment(segment)).join('');
}

function asciiSegment(segment: string): string {
  if (segment === '…') return '~';
  return foreign.test(segment) ? '?'.repeat(cellWidth(segment)) : segment;
}
