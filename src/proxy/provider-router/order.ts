import type { Candidate } from './candidate.ts';
import type { Choose } from './route-options.ts';
import type { TargetLoads } from './target-loads.ts';

export interface OrderParts {
  readonly loads: TargetLoads;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** The list price of a model, for comparison only; null where it is not known. */
  readonly priceOf: (provider: string, model: string) => number | null;
}

/** Puts first the target that is to be tried first; the others stay in the order of the rule. */
export function ordered(candidates: readonly Candidate[], choose: Choose, parts: OrderParts): readonly Candidate[] {
  if (candidates.length < 2 || choose === 'order') return candidates;
  const first = chosen(candidates, choose, parts);
  return [first, ...candidates.filter((candidate) => candidate !== first)];
}

function chosen(candidates: readonly Candidate[], choose: Exclude<Choose, 'order'>, parts: OrderParts): Candidate {
  const { loads, random, priceOf } = parts;
  switch (choose) {
    case 'weight':
      return byWeight(candidates, random());
    case 'latency':
      return least(twoOf(candidates, random), ({ id }) => loads.expectedMs(id));
    case 'inFlight':
      return least(candidates, ({ id }) => loads.inFlight(id));
    case 'cost':
      return least(candidates, (candidate) => costOf(candidate, priceOf));
  }
}

/** Two choices at random are nearly as good as all, and do not send everybody to the same one at a time. */
function twoOf(candidates: readonly Candidate[], random: () => number): readonly Candidate[] {
  const first = Math.floor(random() * candidates.length);
  const second = (first + 1 + Math.floor(random() * (candidates.length - 1))) % candidates.length;
  return [candidates[first]!, candidates[second]!];
}

function byWeight(candidates: readonly Candidate[], random: number): Candidate {
  let rest = random * candidates.reduce((sum, { weight }) => sum + weight, 0);
  for (const candidate of candidates) {
    rest -= candidate.weight;
    if (rest < 0) return candidate;
  }
  return candidates.find(({ weight }) => weight > 0) ?? candidates[0]!;
}

/** The first of equals. */
function least(candidates: readonly Candidate[], of: (candidate: Candidate) => number): Candidate {
  let best = candidates[0]!;
  let bestValue = of(best);
  for (const candidate of candidates.slice(1)) {
    const value = of(candidate);
    if (value < bestValue) [best, bestValue] = [candidate, value];
  }
  return best;
}

function costOf({ provider, model }: Candidate, priceOf: OrderParts['priceOf']): number {
  if (provider.local) return 0;
  return (model === null ? null : priceOf(provider.name, model)) ?? Infinity;
}
