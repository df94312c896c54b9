import { describe, expect, it } from 'vitest';
import { bytes, count, dollars, elapsed, uptime } from './format.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [999_949, '999.9k'],
    [999_950, '1.0M'],
    [84_200_000, '84.2M'],
  ])('counts %i as %s', (value, text) => expect(count(value)).toBe(text));

  it.each([
    [null, '?'],
    [0, '$0.00'],
    [0.0356, '$0.0356'],
    [4.183, '$4.18'],
    [-0.5, '-$0.5000'],
  ])('shows %s dollars as %s', (value, text) => expect(dollars(value)).toBe(text));

  it.each([
    [0.74, '0.7ms'],
    [9.96, '10ms'],
    [812.4, '812ms'],
    [1900, '1.90s'],
    [10_000, '10.0s'],
    [125_000, '2m05s'],
  ])('shows %d milliseconds as %s', (value, text) => expect(elapsed(value)).toBe(text));

  it.each([
    [4364, '01:12:44'],
    [270_764, '3d 03:12:44'],
  ])('shows %d seconds of running as %s', (value, text) => expect(uptime(value)).toBe(text));

  it.each([
    [0, '0 B'],
    [118_000_000, '118 MB'],
    [214_400_000_000, '214 GB'],
  ])('shows %i bytes as %s', (value, text) => expect(bytes(value)).toBe(text));
});
