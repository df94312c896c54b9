/** Upper bounds in seconds of what a request or a provider takes. */
export const requestBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/** Upper bounds in seconds of what the proxy itself takes. */
export const overheadBounds = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5,
];

/** A histogram as Prometheus wants it: exact counts below fixed bounds, and the sum. */
export class SecondsHistogram {
  count = 0;
  /** Seconds. */
  sum = 0;
  readonly #bounds: readonly number[];
  readonly #counts: number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** Adds a duration in milliseconds. */
  record(ms: number): void {
    const seconds = ms > 0 ? ms / 1000 : 0;
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > this.#bounds[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.count++;
    this.sum += seconds;
  }

  /** How many were at most each bound, the last of which is infinite. */
  cumulative(): (readonly [bound: number, count: number])[] {
    let count = 0;
    return this.#counts.map((within, index) => [this.#bounds[index] ?? Infinity, (count += within)] as const);
  }
}
