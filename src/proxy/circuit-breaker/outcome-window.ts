import { maxFailures } from './options.ts';

const bucketCount = 60;
const kinds = { success: 0, failure: 1, slow: 2 } as const;

/**
 * What became of the requests of the last while. The newest failures are kept with their times, which is exact; all else
 * is counted by the sixtieth of the window, which costs the same at any rate of requests.
 */
export class OutcomeWindow {
  readonly #windowMs: number;
  readonly #bucketMs: number;
  readonly #counts = new Uint32Array(bucketCount * 3);
  #newestBucket = -1;
  /** A ring, made with the first failure: most circuits never see one. */
  #failureTimes: Float64Array | null = null;
  #failuresEver = 0;
  #failuresInARow = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#bucketMs = windowMs / bucketCount;
  }

  /** The failures since the last success, however long ago they were. */
  get failuresInARow(): number {
    return this.#failuresInARow;
  }

  succeeded(now: number, isSlow: boolean): void {
    this.#failuresInARow = 0;
    this.#count(kinds.success, now);
    if (isSlow) this.#count(kinds.slow, now);
  }

  failed(now: number): void {
    this.#failuresInARow++;
    this.#count(kinds.failure, now);
    this.#failureTimes ??= new Float64Array(maxFailures);
    this.#failureTimes[this.#failuresEver++ % maxFailures] = now;
  }

  /** To the millisecond, but where there are more than are kept. */
  failures(now: number): number {
    const times = this.#failureTimes;
    if (times === null) return 0;
    const kept = Math.min(this.#failuresEver, maxFailures);
    let recent = 0;
    while (recent < kept && now - (times[(this.#failuresEver - 1 - recent) % maxFailures] as number) < this.#windowMs) {
      recent++;
    }
    return recent < maxFailures ? recent : Math.max(recent, this.#sum(kinds.failure, now));
  }

  successes(now: number): number {
    return this.#sum(kinds.success, now);
  }

  /** Those of the successes that were slow. */
  slow(now: number): number {
    return this.#sum(kinds.slow, now);
  }

  #count(kind: number, now: number): void {
    const cell = kind * bucketCount + (this.#turnTo(now) % bucketCount);
    this.#counts[cell] = (this.#counts[cell] as number) + 1;
  }

  #sum(kind: number, now: number): number {
    this.#turnTo(now);
    let sum = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) sum += this.#counts[kind * bucketCount + bucket] as number;
    return sum;
  }

  /** Empties the buckets that time has passed over, and gives the present one. */
  #turnTo(now: number): number {
    const present = Math.floor(now / this.#bucketMs);
    const newest = this.#newestBucket;
    if (present <= newest) return newest;
    if (present - newest >= bucketCount) this.#counts.fill(0);
    else for (let bucket = newest + 1; bucket <= present; bucket++) this.#empty(bucket % bucketCount);
    this.#newestBucket = present;
    return present;
  }

  #empty(bucket: number): void {
    for (let kind = 0; kind < 3; kind++) this.#counts[kind * bucketCount + bucket] = 0;
  }
}
