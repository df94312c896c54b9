import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingQuote, wordsOf } from './json-string.ts';

/** Byte by byte, as the grammar has it. */
function closingQuoteByByte(bytes: Buffer, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === 0x5c) at++;
    else if (bytes[at] === 0x22) return at;
  }
  return -1;
}

describe('the end of a string', () => {
  const piece = fc.constantFrom(
    '"',
    '\\',
    '\\"',
    '\\\\',
    '#',
    '!',
    'a',
    'prose',
    '\u00e9',
    '\u{1f600}',
    '\x01',
    '\xa2',
  );

  it('is where a walk byte by byte finds it, wherever the bytes lie in memory', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(7), (pieces, offset) => {
        const text = Buffer.from(`"${'filler '.repeat(300)}${pieces.join('')}`);
        const bytes = Buffer.concat([Buffer.alloc(offset), text]).subarray(offset);
        expect(closingQuote(bytes, 0, wordsOf(bytes))).toBe(closingQuoteByByte(bytes, 0));
      }),
      { numRuns: 2000 },
    );
  });

  it('is found without words too', () => {
    const bytes = Buffer.from('{"a\\"b":"cdefghijk"}');
    expect(closingQuote(bytes, 1, new Int32Array(0))).toBe(6);
    expect(closingQuote(bytes, 8, new Int32Array(0))).toBe(18);
  });
});
