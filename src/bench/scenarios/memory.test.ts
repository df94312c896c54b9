import { describe, expect, it } from 'vitest';
import { thirds } from './memory.ts';

describe('thirds of a series', () => {
  it('are told by their medians, so that one peak does not count', () => {
    expect(thirds([1, 2, 3, 4, 500, 6, 7, 8, 9])).toEqual([2, 6, 8]);
  });

  it('need not be of equal length', () => {
    expect(thirds([1, 2, 3, 4])).toEqual([1, 2, 3.5]);
  });
});
