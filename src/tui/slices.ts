import type { Slice } from './state.ts';

/** What is added at a moment. */
export interface Spent {
  readonly requests: number;
  readonly costUsd: number;
  readonly tokens: number;
  readonly cacheRead: number;
  readonly input: number;
  readonly overheadMs: number | null;
}

const secondsKept = 15 * 60;
const minutesKept = 24 * 60;
/** More columns than any screen has. */
const maxSlices = 4096;
const sums = ['costUsd', 'requests', 'tokens', 'cacheRead', 'input'] as const;

/** Buckets of one length, the last so many of them, in memory that is taken once. */
class Ring {
  readonly bucketMs: number;
  readonly #count: number;
  /** Which bucket stands in a slot, counted from 1970; a slot whose bucket is another one is empty. */
  readonly #held: Float64Array;
  readonly #sums: Readonly<Record<(typeof sums)[number], Float64Array>>;
  /** NaN: none was measured. */
  readonly #overheadMs: Float64Array;

  constructor(bucketMs: number, count: number) {
    this.bucketMs = bucketMs;
    this.#count = count;
    this.#held = new Float64Array(count).fill(-1);
    this.#overheadMs = new Float64Array(count);
    const ring = (): Float64Array => new Float64Array(count);
    this.#sums = { costUsd: ring(), requests: ring(), tokens: ring(), cacheRead: ring(), input: ring() };
  }

  get spanMs(): number {
    return this.bucketMs * this.#count;
  }

  add(spent: Spent, timeMs: number, now: number): void {
    const bucket = Math.floor(timeMs / this.bucketMs);
    const newest = Math.floor(now / this.bucketMs);
    if (!(bucket <= newest && bucket > newest - this.#count && bucket >= 0)) return;
    const slot = bucket % this.#count;
    if (this.#held[slot] !== bucket) this.#empty(slot, bucket);
    for (const name of sums) this.#sums[name][slot]! += spent[name];
    const { overheadMs } = spent;
    if (overheadMs === null) return;
    const largest = this.#overheadMs[slot]!;
    this.#overheadMs[slot] = Number.isNaN(largest) ? overheadMs : Math.max(largest, overheadMs);
  }

  #empty(slot: number, bucket: number): void {
    this.#held[slot] = bucket;
    this.#overheadMs[slot] = NaN;
    for (const name of sums) this.#sums[name][slot] = 0;
  }

  /** Adds to a slice what fell into `fromMs` to `toMs`: of a bucket that is longer than it, the part. */
  sum(into: MutableSlice, fromMs: number, toMs: number, now: number): void {
    const last = Math.ceil(Math.min(toMs, now + 1) / this.bucketMs);
    for (let bucket = Math.max(0, Math.floor(fromMs / this.bucketMs)); bucket < last; bucket++) {
      const slot = bucket % this.#count;
      if (this.#held[slot] !== bucket) continue;
      const startMs = bucket * this.bucketMs;
      // What is in the bucket that it is now has happened by now.
      const endMs = Math.max(startMs + 1, Math.min(startMs + this.bucketMs, now + 1));
      const share = Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs)) / (endMs - startMs);
      if (share === 0) continue;
      for (const name of sums) into[name] += share * this.#sums[name][slot]!;
      const overheadMs = this.#overheadMs[slot]!;
      if (!Number.isNaN(overheadMs)) into.overheadMs = Math.max(into.overheadMs ?? 0, overheadMs);
    }
  }
}

type MutableSlice = { -readonly [Name in keyof Slice]: Slice[Name] };

/** What charts are drawn from: by the second for 15 minutes, by the minute for a day, in memory that does not grow. */
export class Slices {
  readonly #seconds = new Ring(1000, secondsKept + 1);
  readonly #minutes = new Ring(60_000, minutesKept + 1);

  /** Counts what ended at a time; what is older than a day, or still to come, is left out. Times are Unix milliseconds. */
  add(spent: Spent, timeMs: number, now: number): void {
    this.#seconds.add(spent, timeMs, now);
    this.#minutes.add(spent, timeMs, now);
  }

  /**
   * Oldest first: `count` spans of so many seconds, which begin at whole multiples of them, so that a column keeps what
   * it shows until it leaves; the last one is up to now.
   */
  read(seconds: number, count: number, now: number): Slice[] {
    if (!(seconds > 0) || !(count >= 1) || !Number.isFinite(seconds)) return [];
    const spans = Math.min(Math.floor(count), maxSlices);
    const spanMs = seconds * 1000;
    const ring = spanMs * spans <= secondsKept * 1000 ? this.#seconds : this.#minutes;
    const oldestMs = now - ring.spanMs;
    const last = Math.floor(now / spanMs);
    return Array.from({ length: spans }, (_, index) => {
      const slice = { costUsd: 0, requests: 0, tokens: 0, cacheRead: 0, input: 0, overheadMs: null };
      const fromMs = (last - (spans - 1 - index)) * spanMs;
      ring.sum(slice, Math.max(fromMs, oldestMs), fromMs + spanMs, now);
      return slice;
    });
  }
}
