import { describe, expect, it } from 'vitest';
import { allocatedBytes, countAllocation } from './allocation.ts';

describe('what is allocated', () => {
  it('is what the heap has grown by where nothing was collected', () => {
    expect(allocatedBytes(100, 350, [])).toBe(250);
  });

  it('holds what was collected meanwhile', () => {
    const collections = [
      { usedBefore: 300, usedAfter: 120 },
      { usedBefore: 320, usedAfter: 110 },
    ];
    expect(allocatedBytes(100, 150, collections)).toBe(50 + 180 + 210);
  });

  it('is counted over real collections', () => {
    const count = 20_000;
    // Not small integers: an array of a thousand doubles takes 8,000 bytes and a few dozen more.
    const pattern = Array.from({ length: 1000 }, (_, n) => n + 0.5);
    let kept: number[] = [];
    const stop = countAllocation();
    for (let n = 0; n < count; n += 1) kept = pattern.slice();
    const { bytes, collections } = stop();
    expect(kept).toEqual(pattern);
    expect(collections).toBeGreaterThan(0);
    expect(bytes / count).toBeGreaterThan(8000);
    expect(bytes / count).toBeLessThan(8400);
  });
});
