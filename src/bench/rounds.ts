import type { Bench, Target } from './bench.ts';
import type { Limit, Measure } from './measure.ts';
import { estimate, median } from './statistics.ts';

/** Something of each target. */
export interface PerTarget<T> {
  readonly direct: T;
  readonly bareRelay: T;
  readonly tokenpak: T;
}

export interface Repetition {
  readonly name: string;
  readonly rounds: number;
}

/** The values in an order that starts with another one each round, so that none always comes first. */
export function inTurn<T>(values: readonly T[], round: number): T[] {
  const first = round % values.length;
  return [...values.slice(first), ...values.slice(0, first)];
}

/** Measures the three targets one after the other, again and again, so that what changes on the machine meets all of them. */
export async function measureInRounds<T>(
  bench: Bench,
  { name, rounds }: Repetition,
  measure: (target: Target) => Promise<T>,
): Promise<PerTarget<T[]>> {
  const results: PerTarget<T[]> = { direct: [], bareRelay: [], tokenpak: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const key of inTurn(['direct', 'bareRelay', 'tokenpak'] as const, round)) {
      bench.progress(`${name}, round ${round + 1} of ${rounds}: ${bench[key].name}`);
      results[key].push(await measure(bench[key]));
    }
  }
  return results;
}

/** One figure of each target's rounds. */
export function figures<T>(results: PerTarget<T[]>, figure: (rounds: readonly T[]) => number): PerTarget<number> {
  return {
    direct: figure(results.direct),
    bareRelay: figure(results.bareRelay),
    tokenpak: figure(results.tokenpak),
  };
}

export function medians<T>(results: PerTarget<T[]>, value: (round: T) => number): PerTarget<number> {
  return figures(results, (rounds) => median(rounds.map(value)));
}

/** One value of each round, and how it is named in the report. */
export interface Line<T> {
  readonly name: string;
  readonly unit: string;
  readonly value: (round: T) => number;
  readonly limit: Limit | null;
}

/** The medians of the targets, and tokenpak's value as a multiple of the bare relay's, round by round. */
export function comparedToBare<T>(results: PerTarget<T[]>, { name, unit, value, limit }: Line<T>): Measure {
  const bare = results.bareRelay.map(value);
  const ratios = results.tokenpak.map((round, index) => value(round) / (bare[index] ?? NaN));
  const judged = { what: 'of the bare relay', estimate: estimate(ratios), limit };
  return { name, unit, ...medians(results, value), judged };
}
