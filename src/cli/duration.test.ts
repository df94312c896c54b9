import { describe, expect, it } from 'vitest';
import { durationMs } from './duration.ts';

describe('a length of time', () => {
  it.each([
    ['10s', 10_000],
    ['500ms', 500],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['0', 0],
    ['3', 3000],
    [' 1s ', 1000],
  ])('written as %s is %i milliseconds', (text, ms) => expect(durationMs(text)).toBe(ms));

  it.each(['', 's', '-1s', '1d', '1 s', '1e3', '10s10s', 'ten'])('is not %j', (text) => {
    expect(durationMs(text)).toBeNull();
  });
});
