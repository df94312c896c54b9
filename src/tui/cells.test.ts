import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../../test/support/screen/hostile-state.ts';
import { atMost, cellWidth, fitLine, left, lineText, oneLine, right } from './cells.ts';

const widths = fc.integer({ min: 0, max: 60 });

describe('texts in cells', () => {
  it('are counted without a look at each character only where each is one cell', () => {
    for (let code = 0x20; code <= 0x2fff; code++) {
      const character = String.fromCharCode(code);
      if (cellWidth(character) !== stringWidth(character)) throw new Error(`U+${code.toString(16)}`);
    }
  });

  it('take exactly the cells that they are given, at either end', () =>
    fc.assert(
      fc.property(hostileText, widths, (text, width) => {
        expect(cellWidth(left(text, width))).toBe(width);
        expect(cellWidth(right(text, width))).toBe(width);
        expect(cellWidth(lineText(fitLine([text, ['x', 'bad']], width)))).toBe(width);
      }),
    ));

  it('are cut with an ellipsis where they are longer, and else left as they are', () =>
    fc.assert(
      fc.property(hostileText, widths, (text, width) => {
        const shown = oneLine(text);
        const isWhole = cellWidth(shown) <= width;
        expect(isWhole || width === 0 || atMost(text, width).endsWith('…')).toBe(true);
        expect(atMost(text, width) === shown || !isWhole || width === 0).toBe(true);
      }),
    ));

  it('have no more marks on a letter than a script needs, and nothing that has no cell', () => {
    expect(oneLine('cla\u200Bude\u200D\uFEFF')).toBe('claude');
    expect(oneLine(`z${'\u0335'.repeat(900)}y`)).toBe(`z${'\u0335'.repeat(4)}y`);
    expect(cellWidth(oneLine('\u2764\uFE0F'))).toBe(1);
    expect(oneLine('👍🏽')).toBe('👍');
  });

  it('are cut before a wide character that has no room', () => {
    expect(left('a世界', 4)).toBe('a世…');
    expect(left('ab世界', 4)).toBe('ab… ');
    expect(right('ab世界', 4)).toBe(' ab…');
  });
});
