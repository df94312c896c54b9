import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellWidth, lineText, lineWidth } from './cells.ts';
import { exampleState } from './example-state.ts';
import { asciiGlyphs, unicodeGlyphs } from './glyphs.ts';
import { drawScreen, type ScreenInput } from './layout.ts';
import { firstView } from './view.ts';

function screen(changes: Partial<ScreenInput>): string {
  const input = { state: exampleState(), view: firstView, detail: null, columns: 80, rows: 24, glyphs: unicodeGlyphs };
  return drawScreen({ ...input, ...changes })
    .map((line) => `${lineText(line)}|`)
    .join('\n');
}
it('x', () => {
  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [140, 40],
  ] as const)
    console.log(screen({ columns, rows }));
});
