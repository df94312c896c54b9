const bucketsPerOctave = 64;
const octaveCount = 27;
/** The largest value with a bucket of its own, 71 minutes in microseconds; what is larger falls into the last bucket. */
const largest = 2 ** 32 - 1;

/** Points of a distribution; null is never part of one: an empty histogram has no summary. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

const points = [0.5, 0.95, 0.99, 0.999] as const;

/**
 * Counts durations in fixed log-linear buckets: exact below 64 µs, above that 64 buckets to each doubling, so that a
 * quantile is off by at most 0.8 %. The buckets of all histograms are the same, which makes merging an addition. An
 * octave's buckets are made when its first value comes: a histogram of one service's times holds a few hundred bytes.
 */
export class Histogram {
  count = 0;
  #largest = 0;
  readonly #octaves: (Uint32Array | undefined)[] = Array.from({ length: octaveCount }, () => undefined);

  /** Adds a duration in microseconds; less than nothing counts as nothing. */
  record(microseconds: number): void {
    const value = microseconds > 0 ? Math.min(microseconds, largest) >>> 0 : 0;
    const octave = value < bucketsPerOctave ? 0 : 26 - Math.clz32(value);
    const bucket = octave === 0 ? value : (value >>> (octave - 1)) - bucketsPerOctave;
    const buckets = (this.#octaves[octave] ??= new Uint32Array(bucketsPerOctave));
    buckets[bucket]!++;
    this.count++;
    if (microseconds > this.#largest) this.#largest = microseconds;
  }

  merge(other: Histogram): void {
    if (other.count === 0) return;
    for (let octave = 0; octave < octaveCount; octave++) {
      const theirs = other.#octaves[octave];
      if (!theirs) continue;
      const ours = (this.#octaves[octave] ??= new Uint32Array(bucketsPerOctave));
      for (let bucket = 0; bucket < bucketsPerOctave; bucket++) ours[bucket]! += theirs[bucket]!;
    }
    this.count += other.count;
    this.#largest = Math.max(this.#largest, other.#largest);
  }

  clear(): void {
    if (this.count === 0) return;
    for (const buckets of this.#octaves) buckets?.fill(0);
    this.count = 0;
    this.#largest = 0;
  }

  /** Quantiles in milliseconds by nearest rank, or null where nothing was recorded. */
  quantiles(): Quantiles | null {
    if (this.count === 0) return null;
    const [p50, p95, p99, p999] = this.#atRanks(points.map((point) => Math.ceil(point * this.count)));
    return { p50: p50!, p95: p95!, p99: p99!, p999: p999!, max: milliseconds(this.#largest) };
  }

  /** The values at ascending ranks (1 is the smallest value's), in milliseconds. */
  #atRanks(ranks: readonly number[]): number[] {
    const values: number[] = [];
    let seen = 0;
    for (const [octave, buckets] of this.#octaves.entries()) {
      if (!buckets) continue;
      for (let bucket = 0; bucket < bucketsPerOctave; bucket++) {
        seen += buckets[bucket]!;
        while (values.length < ranks.length && seen >= ranks[values.length]!) {
          values.push(milliseconds(Math.min(middle(octave, bucket), this.#largest)));
        }
      }
    }
    return values;
  }
}

/** The middle of a bucket in microseconds. */
function middle(octave: number, bucket: number): number {
  return octave === 0 ? bucket : (bucketsPerOctave + bucket + 0.5) * 2 ** (octave - 1);
}

/** Milliseconds with whole microseconds. */
function milliseconds(microseconds: number): number {
  return Math.round(microseconds) / 1000;
}
