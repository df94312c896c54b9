import type { Clock } from '../clock.ts';
import { Waiting } from './waiting.ts';

/** One write takes no more than about this, however much has gathered. */
const maxBatchBytes = 256 * 1024;
const firstBytes = 64 * 1024;
/** A character of UTF-16 takes three bytes of UTF-8 at most. */
const maxBytesPerUnit = 3;

/** What a seal may add. */
const sealBytes = 64;

export type Seal = (bytes: Buffer, start: number, end: number) => number;

/** Lines that go to the disk in one write, and who waits for it. */
export interface Batch {
  /** The lines are encoded as they come: as strings they would outlive the nursery, and cost a copy at each collection. */
  bytes: Buffer;
  /** Of `bytes`, so much is filled. */
  length: number;
  lines: number;
  readonly waiting: Waiting;
  /** Told whether it was written. */
  readonly flushes: ((ok: boolean) => void)[];
}

/** What is to be written, in order. */
export class Batches {
  readonly #clock: Clock;
  readonly #queue: Batch[] = [];
  readonly #countLate = (count: number): void => void (this.late += count);
  #taken: Batch | null = null;
  /** A written batch's memory, for the next. */
  #spare: Buffer | null = null;
  /** Callbacks that did not wait for their write. */
  late = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** @param seal closes the line where it stands; gives its end */
  add(line: string, seal: Seal | null): void {
    const batch = this.#withRoom();
    const needed = batch.length + line.length * maxBytesPerUnit + sealBytes;
    if (needed > batch.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, batch.bytes.length * 2));
      batch.bytes.copy(larger, 0, 0, batch.length);
      batch.bytes = larger;
    }
    const end = batch.length + batch.bytes.write(line, batch.length);
    batch.length = seal ? seal(batch.bytes, batch.length, end) : end;
    batch.lines++;
  }

  #withRoom(): Batch {
    const last = this.#queue.at(-1);
    if (last && last.length < maxBatchBytes) return last;
    const waiting = new Waiting(this.#clock, this.#countLate);
    const bytes = this.#spare ?? Buffer.allocUnsafe(firstBytes);
    this.#spare = null;
    const batch = { bytes, length: 0, lines: 0, waiting, flushes: [] };
    this.#queue.push(batch);
    return batch;
  }

  /** The last write that holds a line of those added so far; null where all are written. */
  last(): Batch | null {
    return this.#queue.at(-1) ?? this.#taken;
  }

  /** What `take` would give. */
  first(): Batch | null {
    return this.#queue[0] ?? null;
  }

  /** The batch to write now. It counts as unwritten until it is given back or done. */
  take(): Batch | null {
    this.#taken = this.#queue.shift() ?? null;
    return this.#taken;
  }

  /** A write begins that may take a while. */
  limitWaits(batch: Batch | null): void {
    batch?.waiting.limit();
    for (const { waiting } of this.#queue) waiting.limit();
  }

  done(batch: Batch): void {
    this.#taken = null;
    this.#spare ??= batch.bytes;
    for (const tell of batch.flushes) tell(true);
    batch.waiting.release();
  }

  /** Keeps a batch for the next try. Nobody goes on waiting, for this one or those behind it. */
  giveBack(batch: Batch): void {
    this.#taken = null;
    this.#queue.unshift(batch);
    for (const { flushes, waiting } of this.#queue) {
      for (const tell of flushes.splice(0)) tell(false);
      waiting.giveUp();
    }
  }
}
