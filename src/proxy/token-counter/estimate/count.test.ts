import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import o200kBase from 'js-tiktoken/ranks/o200k_base';
import { describe, expect, it } from 'vitest';
import { countTokens } from './count.ts';

function pieces(text: string): string[] {
  const seen: string[] = [];
  countTokens((piece) => (seen.push(piece), [piece]), text);
  return seen;
}

const longestRun = (text: string): number =>
  Math.max(0, ...(text.match(/[^\p{ASCII}]+|[^\s\P{ASCII}]+|\s+/gu) ?? []).map((run) => Buffer.byteLength(run)));

describe('countTokens', () => {
  it('counts every character once, and gives the encoding no long run without a break', () => {
    const texts = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc
          .tuple(fc.constantFrom('a', ' ', '\n', '-', '中', '👩', 'aB3'), fc.integer({ min: 1, max: 2000 }))
          .map(([unit, times]) => unit.repeat(times)),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join('');
        const seen = pieces(text);
        expect(seen.join('')).toBe(text);
        expect(Math.max(0, ...seen.map(longestRun))).toBeLessThanOrEqual(64 * 4);
      }),
    );
  });

  it('counts ordinary text as the encoding does, and calls nothing in it special', () => {
    const encoding = new Tiktoken(o200kBase);
    const encode = (text: string): number[] => encoding.encode(text, [], []);
    const prose = 'The quick brown fox jumps over the lazy dog. const x = { "a": [1, 2.5e3] };\n'.repeat(20);
    expect(countTokens(encode, prose)).toBe(encode(prose).length);
    expect(countTokens(encode, '<|endoftext|>')).toBeGreaterThan(1);
    expect(countTokens(encode, 'a'.repeat(20_000))).toBeGreaterThan(1000);
    expect(countTokens(encode, '')).toBe(0);
  });
});
