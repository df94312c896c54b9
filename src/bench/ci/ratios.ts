import { estimate, type Estimate } from '../statistics.ts';

/** What one relay needed in one half of a pair. */
export interface Half {
  /** Processor time of its process per request; NaN where that cannot be told. */
  readonly cpuMicros: number;
  /** At one connection, in ms. */
  readonly p50Ms: number;
  /** With 100 requests always on their way, in ms. */
  readonly p99Ms: number;
}

/** The two relays, one right after the other. */
export interface Pair {
  readonly bareRelay: Half;
  readonly tokenpak: Half;
}

export const ratioNames = ['cpu_time', 'p50', 'p99'] as const;
export type RatioName = (typeof ratioNames)[number];

/** tokenpak's figures as multiples of the bare relay's: medians of the pairs with their intervals; null where not measured. */
export type Ratios = Readonly<Record<RatioName, Estimate | null>>;

const figures: Readonly<Record<RatioName, (half: Half) => number>> = {
  cpu_time: (half) => half.cpuMicros,
  p50: (half) => half.p50Ms,
  p99: (half) => half.p99Ms,
};

export function ratiosOf(pairs: readonly Pair[]): Ratios {
  const ratio = (name: RatioName): Estimate | null => {
    const of = figures[name];
    const found = estimate(pairs.map(({ bareRelay, tokenpak }) => of(tokenpak) / of(bareRelay)));
    return Number.isFinite(found.median) ? found : null;
  };
  return { cpu_time: ratio('cpu_time'), p50: ratio('p50'), p99: ratio('p99') };
}
