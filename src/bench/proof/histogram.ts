import type { HistogramData } from './proof-jobs.ts';
import type { Percentiles } from './proof-report.ts';

/** Up to here each microsecond has a slot of its own; from here on, each doubling has half as many slots. */
const linearSlots = 2048;
const slotsOfDoubling = linearSlots / 2;
const linearBits = 11;
/** 2^32 µs, about 72 minutes. What is longer is counted in the last slot; `maxMs` stays exact. */
const largestMicros = 2 ** 32 - 1;

/** The slot of a whole number of microseconds. */
function slotOf(micros: number): number {
  if (micros < linearSlots) return micros;
  const doublings = 32 - Math.clz32(micros) - linearBits;
  return doublings * slotsOfDoubling + Math.floor(micros / 2 ** doublings);
}

const slotCount = slotOf(largestMicros) + 1;

/** The middle of what a slot holds, in microseconds. */
function microsOf(slot: number): number {
  if (slot < linearSlots) return slot;
  const doublings = Math.floor(slot / slotsOfDoubling) - 1;
  return (slot - doublings * slotsOfDoubling) * 2 ** doublings + (2 ** doublings - 1) / 2;
}

/**
 * Counts times in microseconds, in slots that are at most 0.1 % of their value wide, as HdrHistogram does with three
 * significant digits (http://hdrhistogram.org). It grows with its largest value, to 94 KB at most, whatever their number.
 */
export class Histogram {
  #counts: Uint32Array = new Uint32Array(linearSlots);
  #count = 0;
  #maxMicros = 0;

  /** Reads what `data` gave. */
  static from({ counts, count, maxMicros }: HistogramData): Histogram {
    const histogram = new Histogram();
    histogram.#room(counts.length);
    histogram.#counts.set(counts);
    histogram.#count = count;
    histogram.#maxMicros = maxMicros;
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  /** Exact; 0 where nothing was counted. */
  get maxMs(): number {
    return this.#maxMicros / 1000;
  }

  /** Takes a time in milliseconds; one before 0 is 0. */
  add(ms: number): void {
    const micros = Math.max(0, ms * 1000);
    const slot = slotOf(Math.min(largestMicros, Math.round(micros)));
    if (slot >= this.#counts.length) this.#room(slot + 1);
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
    this.#count += 1;
    if (micros > this.#maxMicros) this.#maxMicros = micros;
  }

  /** Takes all that another one has counted. */
  merge(other: Histogram): this {
    this.#room(other.#counts.length);
    for (const [slot, count] of other.#counts.entries()) {
      if (count > 0) this.#counts[slot] = (this.#counts[slot] as number) + count;
    }
    this.#count += other.#count;
    this.#maxMicros = Math.max(this.#maxMicros, other.#maxMicros);
    return this;
  }

  /** Milliseconds by nearest rank: the smallest time that at least this share (0 to 1) of all is not above; 0 of none. */
  quantile(share: number): number {
    // 0.07 * 100 is a little more than 7.
    return this.valueAtRank(Math.ceil(share * this.#count - 1e-9));
  }

  /** Milliseconds of the nth smallest time, from 1. */
  valueAtRank(rank: number): number {
    if (rank >= this.#count) return this.maxMs;
    let seen = 0;
    for (const [slot, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= Math.max(1, rank)) return Math.min(microsOf(slot), this.#maxMicros) / 1000;
    }
    return this.maxMs;
  }

  /** How many times are in the slot of this one, or in slots below. */
  countUpTo(ms: number): number {
    const end = slotOf(Math.min(largestMicros, Math.round(ms * 1000))) + 1;
    return this.#counts.subarray(0, end).reduce((sum, count) => sum + count, 0);
  }

  percentiles(): Percentiles {
    return {
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: this.maxMs,
    };
  }

  /** Of the slots' middles, in milliseconds. */
  meanAndDeviation(): { readonly mean: number; readonly deviation: number } {
    if (this.#count === 0) return { mean: 0, deviation: 0 };
    let [sum, squares] = [0, 0];
    for (const [slot, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const ms = microsOf(slot) / 1000;
      sum += count * ms;
      squares += count * ms * ms;
    }
    const mean = sum / this.#count;
    return { mean, deviation: Math.sqrt(Math.max(0, squares / this.#count - mean * mean)) };
  }

  /** For another process: no longer than its largest value needs. */
  data(): HistogramData {
    let [length, largest] = [0, 0];
    for (const [slot, count] of this.#counts.entries()) {
      if (count > 0) length = slot + 1;
      largest = Math.max(largest, count);
    }
    const used = this.#counts.subarray(0, length);
    const counts = largest < 2 ** 16 ? Uint16Array.from(used) : Uint32Array.from(used);
    return { counts, count: this.#count, maxMicros: this.#maxMicros };
  }

  #room(slots: number): void {
    if (slots <= this.#counts.length) return;
    const grown = new Uint32Array(Math.min(slotCount, Math.ceil(slots / slotsOfDoubling) * slotsOfDoubling));
    grown.set(this.#counts);
    this.#counts = grown;
  }
}
