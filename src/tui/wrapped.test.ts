import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../../test/support/screen/hostile-state.ts';
import { cellWidth, oneLine } from './cells.ts';
import { wrapped } from './wrapped.ts';

describe('a text in lines', () => {
  it('is broken at spaces, and within a word that is longer than a line', () => {
    expect(wrapped('the proxy does not answer', 10)).toEqual(['the proxy', 'does not', 'answer']);
    expect(wrapped('see /var/lib/x now', 6)).toEqual(['see', '/var/l', 'ib/x', 'now']);
    expect(wrapped('日本語', 5)).toEqual(['日本', '語']);
    expect(wrapped('', 5)).toEqual(['']);
  });

  it('has room in each, and loses nothing but spaces', () =>
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 4, max: 60 }), (text, width) => {
        const lines = wrapped(text, width);
        for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(oneLine(text).replaceAll(' ', ''));
      }),
    ));
});
