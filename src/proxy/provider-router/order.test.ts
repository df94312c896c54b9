import { describe, expect, it } from 'vitest';
import type { Candidate } from './candidate.ts';
import { ordered, type OrderParts } from './order.ts';
import type { Choose } from './route-options.ts';
import { TargetLoads } from './target-loads.ts';

const candidate = (name: string, weight = 1, local = false): Candidate => ({
  id: `${name}\nm`,
  provider: { name, local, dialects: [], base: null, held: new Map(), keyCount: 0, keySource: null },
  model: 'm',
  weight,
  keyIndex: 0,
});

function order(candidates: readonly Candidate[], choose: Choose, parts: Partial<OrderParts> = {}): string {
  const all = { loads: new TargetLoads(), random: () => 0, priceOf: () => null, ...parts };
  return ordered(candidates, choose, all)
    .map(({ provider }) => provider.name)
    .join('');
}

const abc = [candidate('a'), candidate('b'), candidate('c')];

describe('the order of targets', () => {
  it('is that of the rule, unless it says otherwise', () => expect(order(abc, 'order')).toBe('abc'));

  it('has the one with the least in flight first, then that of the rule', () => {
    const loads = new TargetLoads();
    const over = loads.begin('a\nm');
    loads.begin('c\nm');
    expect(order(abc, 'inFlight', { loads })).toBe('bac');
    over();
    over();
    expect(order(abc, 'inFlight', { loads })).toBe('abc');
  });

  it('has the cheapest first, where local costs nothing and no known price is the dearest', () => {
    const prices: Record<string, number> = { b: 5, c: 3 };
    const priceOf = (provider: string): number | null => prices[provider] ?? null;
    expect(order(abc, 'cost', { priceOf })).toBe('cab');
    expect(order([...abc, candidate('l', 1, true)], 'cost', { priceOf })).toBe('labc');
  });

  it('has them by weight', () => {
    const weighted = [candidate('a', 0), candidate('b', 1), candidate('c', 3)];
    const first = [0, 0.24, 0.26, 0.99].map((random) => order(weighted, 'weight', { random: () => random })[0]);
    expect(first).toEqual(['b', 'b', 'c', 'c']);
  });

  it('has the faster of two first, and never the slowest of three', () => {
    const loads = new TargetLoads();
    loads.answered('a\nm', 100, 0);
    loads.answered('b\nm', 900, 0);
    loads.answered('c\nm', 500, 0);
    const first = new Set<string>();
    for (let one = 0; one < 3; one++) {
      for (let other = 0; other < 2; other++) {
        const rolls = [one / 3, other / 2];
        first.add(order(abc, 'latency', { loads, random: () => rolls.shift()! })[0]!);
      }
    }
    expect([...first].toSorted()).toEqual(['a', 'c']);
  });
});

describe('the latency of a target', () => {
  it('rises to a peak at once, and falls slowly', () => {
    const loads = new TargetLoads();
    loads.answered('a', 100, 0);
    loads.answered('a', 1000, 10);
    expect(loads.expectedMs('a')).toBe(1000);
    loads.answered('a', 100, 20);
    expect(loads.expectedMs('a')).toBeGreaterThan(990);
    loads.answered('a', 100, 60_000);
    expect(loads.expectedMs('a')).toBeLessThan(105);
  });

  it('counts for each that is on its way', () => {
    const loads = new TargetLoads();
    loads.answered('a', 100, 0);
    loads.begin('a');
    expect(loads.expectedMs('a')).toBe(200);
    expect(loads.expectedMs('unknown')).toBe(0);
  });
});
