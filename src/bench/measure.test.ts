import { describe, expect, it } from 'vitest';
import { judge, judgementOf, verdictOf, type Limit, type Measure } from './measure.ts';

function measureOf(value: number, limit: Limit | null): Measure {
  const judged = { what: '', estimate: { median: value, low: value, high: value }, limit };
  return { name: 'm', unit: '', direct: null, bareRelay: null, tokenpak: value, judged };
}

const atMost = (value: number): Limit => ({ kind: 'at most', value });

describe('a value is judged', () => {
  it.each([
    [0.61, 'pass'],
    [0.6, 'pass'],
    [0.59, 'fail'],
    [0.45, 'fail'],
    [0.44, 'fault'],
    [NaN, 'unknown'],
  ])('%d against at least 0.6, a fault below 0.45: %s', (value, judgement) => {
    expect(judge(value, { kind: 'at least', value: 0.6, fault: 0.45 })).toBe(judgement);
  });

  it.each([
    [1.4, 'pass'],
    [1.5, 'pass'],
    [1.51, 'fail'],
    [NaN, 'unknown'],
  ])('%d against at most 1.5: %s', (value, judgement) => {
    expect(judge(value, atMost(1.5))).toBe(judgement);
  });

  it('not at all where there is no limit', () => {
    expect(judgementOf(measureOf(3, null))).toBeNull();
  });
});

describe('a run', () => {
  it('passes when every judged measure does', () => {
    expect(verdictOf([measureOf(1, atMost(2)), measureOf(99, null)], [])).toBe('PASS');
  });

  it('fails by a single miss', () => {
    expect(verdictOf([measureOf(1, atMost(2)), measureOf(3, atMost(2))], [])).toBe('FAIL');
  });

  it('is invalid with a reason against it, whatever was measured', () => {
    expect(verdictOf([measureOf(1, atMost(2))], ['3 requests were not counted'])).toBe('INVALID');
  });

  it('is invalid when a value that should be judged is missing', () => {
    expect(verdictOf([measureOf(NaN, atMost(2))], [])).toBe('INVALID');
  });
});
