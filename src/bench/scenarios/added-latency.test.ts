import { describe, expect, it } from 'vitest';
import { addedRatio } from './added-latency.ts';

describe('the added latency', () => {
  it('is what comes on top of direct, as a multiple of what the bare relay adds', () => {
    expect(addedRatio({ direct: 1, bareRelay: 3, tokenpak: 4 })).toBe(1.5);
  });

  it('is unknown where the bare relay seems to add nothing', () => {
    expect(addedRatio({ direct: 3, bareRelay: 3, tokenpak: 4 })).toBeNaN();
  });
});
