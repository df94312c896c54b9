export interface Arrivals {
  readonly perSecond: number;
  readonly seconds: number;
  readonly arrival: 'even' | 'poisson';
  /** Of the random numbers of `poisson`: the same one gives the same times. */
  readonly seed: number;
}

/** Marsaglia's xorshift with 32 bits of state: numbers of 0 to 1. Its state must not be 0. */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * When each request is due, in ms from the start, ascending. Both kinds have the same number of requests, `perSecond` times
 * `seconds`: a Poisson process of which the number is known has its arrivals evenly distributed at random.
 */
export function arrivalTimesMs({ perSecond, seconds, arrival, seed }: Arrivals): Float64Array {
  const count = Math.round(perSecond * seconds);
  if (arrival === 'even') return Float64Array.from({ length: count }, (_, n) => (n * 1000) / perSecond);
  const random = randomNumbers(seed);
  return Float64Array.from({ length: count }, () => random() * seconds * 1000).sort();
}
