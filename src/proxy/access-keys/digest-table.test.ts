import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestTable } from './digest-table.ts';

/** Few enough first bytes that many digests want the same slot. */
const digest = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 50 }))
  .map(([first, last]) => Buffer.alloc(32).fill(first, 0, 4).fill(last, 31));

describe('a table of digests', () => {
  it('finds what a map finds, however the digests crowd', () => {
    fc.assert(
      fc.property(fc.array(digest, { maxLength: 120 }), fc.array(digest, { maxLength: 40 }), (held, asked) => {
        const table = new DigestTable(Buffer.concat(held));
        const map = new Map<string, number>();
        for (const [position, one] of held.entries()) {
          const text = one.toString('hex');
          if (!map.has(text)) map.set(text, position);
        }
        expect(table.hasTwins).toBe(map.size < held.length);
        for (const one of [...held, ...asked]) expect(table.find(one)).toBe(map.get(one.toString('hex')) ?? -1);
      }),
    );
  });
});
