import { describe, expect, it } from 'vitest';
import { comparedToBare, inTurn, medians } from './rounds.ts';

const results = { direct: [1, 2, 3], bareRelay: [10, 20, 40], tokenpak: [5, 15, 20] };

describe('rounds', () => {
  it('start with another target each time', () => {
    expect([0, 1, 2, 3].map((round) => inTurn(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
  });

  it('are summed up by the median of each target', () => {
    expect(medians(results, (value) => value)).toEqual({ direct: 2, bareRelay: 20, tokenpak: 15 });
  });

  it('are compared round by round, not by their medians', () => {
    const line = { name: 'n', unit: '', value: (value: number) => value, limit: null };
    expect(comparedToBare(results, line).judged?.estimate).toEqual({ median: 0.5, low: 0.5, high: 0.75 });
  });
});
