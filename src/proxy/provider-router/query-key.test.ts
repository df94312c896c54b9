import { describe, expect, it } from 'vitest';
import { queryKeys, withoutKeys } from './query-key.ts';

describe("a query's key", () => {
  it.each([
    ['', [], ''],
    ['?', [], '?'],
    ['?beta=true', [], '?beta=true'],
    ['?key=a', ['a'], ''],
    ['?alt=sse&key=a', ['a'], '?alt=sse'],
    ['?key=a&alt=s%20e&x', ['a'], '?alt=s%20e&x'],
    ['?key=a&key=b', ['a', 'b'], ''],
    ['?k%65y=a&%6bey=b', ['a', 'b'], ''],
    ['?monkey=a&keys=b&key', [], '?monkey=a&keys=b&key'],
    ['?key=', [''], ''],
    ['?%zz=a', [], '?%zz=a'],
    ['?a=key=b', [], '?a=key=b'],
    ['?alt=sse&&key=a', ['a'], '?alt=sse&'],
  ])('in %j is %j, and without it stays %j', (query, keys, rest) => {
    expect(queryKeys(query)).toEqual(keys);
    expect(withoutKeys(query)).toBe(rest);
  });
});
