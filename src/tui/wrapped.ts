import { cellWidth, oneLine } from './cells.ts';

const segments = new Intl.Segmenter();

/**
 * A foreign text in lines of at most so many cells, made harmless; broken at spaces, and within a word only where that
 * is longer than a line. Not empty.
 * @param width in cells, at least 2: what a wide character takes
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (cellWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const parts = broken(word, width);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? '';
  }
  return [...lines, line];
}

/** A word in pieces that have room. */
function broken(word: string, width: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const { segment } of segments.segment(word)) {
    if (part !== '' && cellWidth(part + segment) > width) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return [...parts, part];
}
