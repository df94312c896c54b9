import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecent } from './recent.ts';

describe('recent requests', () => {
  it('come newest first, and no more than asked for', () => {
    const recent = createRecent();
    for (const json of ['1', '2', '3']) recent.add(json);
    expect(recent.newest(2)).toEqual(['3', '2']);
    expect(recent.newest(10)).toEqual(['3', '2', '1']);
  });

  it('are 500 at most', () => {
    const recent = createRecent();
    for (let n = 0; n < 1234; n++) recent.add(String(n));
    expect(recent.newest(1000)).toHaveLength(500);
    expect(recent.newest(1000).at(-1)).toBe('734');
  });

  it('are the newest ones, whole and in order, whatever their sizes', () => {
    const json = fc.tuple(fc.constantFrom('a', 'ü', '€', '😀'), fc.integer({ min: 0, max: 90_000 }));
    fc.assert(
      fc.property(fc.array(json, { maxLength: 80 }), (given) => {
        const recent = createRecent();
        const texts = given.map(([letter, length], n) => `${n}${letter.repeat(length / letter.length)}`);
        for (const text of texts) recent.add(text);
        const kept = recent.newest(500);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(2, texts.length));
        expect(kept).toEqual(texts.toReversed().slice(0, kept.length));
      }),
      { numRuns: 50 },
    );
  });
});
