import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bag } from './bag.ts';

const ascending = (a: number, b: number): number => a - b;

describe('a bag', () => {
  it('holds what a set would hold', () => {
    const step = fc.record({ add: fc.boolean(), item: fc.nat(8) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bag = new Bag<number>();
        const set = new Set<number>();
        for (const { add, item } of steps) {
          if (add && !set.has(item)) {
            bag.add(item);
            set.add(item);
          }
          expect(add || bag.delete(item)).toBe(add || set.delete(item));
          expect(bag.has(item)).toBe(set.has(item));
        }
        expect(bag.size).toBe(set.size);
        expect([...bag].sort(ascending)).toEqual([...set].sort(ascending));
      }),
    );
  });

  it('can be emptied while it is walked', () => {
    const bag = new Bag<number>();
    for (let item = 0; item < 5; item++) bag.add(item);
    const seen: number[] = [];
    for (const item of bag) {
      seen.push(item);
      bag.delete(item);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(bag.size).toBe(0);
  });
});
