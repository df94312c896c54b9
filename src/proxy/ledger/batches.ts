import type { Clock } from '../clock.ts';
import { type Waiting, createWaiting } from './waiting.ts';

/** One write takes no more than about this, however much has gathered. */
const maxBatchCharacters = 256 * 1024;

/** Lines that go to the disk in one write, and who waits for it. */
export interface Batch {
  readonly lines: string[];
  characters: number;
  readonly waiting: Waiting;
  /** Told whether it was written. */
  readonly flushes: ((ok: boolean) => void)[];
}

/** What is to be written, in order. */
export class Batches {
  readonly #clock: Clock;
  readonly #queue: Batch[] = [];
  #taken: Batch | null = null;
  /** Callbacks that did not wait for their write. */
  late = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  add(line: string): void {
    const batch = this.#withRoom();
    batch.lines.push(line);
    batch.characters += line.length;
  }

  #withRoom(): Batch {
    const last = this.#queue.at(-1);
    if (last && last.characters < maxBatchCharacters) return last;
    const waiting = createWaiting(this.#clock, (count) => (this.late += count));
    const batch = { lines: [], characters: 0, waiting, flushes: [] };
    this.#queue.push(batch);
    return batch;
  }

  /** The last write that holds a line of those added so far; null where all are written. */
  last(): Batch | null {
    return this.#queue.at(-1) ?? this.#taken;
  }

  /** The batch to write now. It counts as unwritten until it is given back or done. */
  take(): Batch | null {
    this.#taken = this.#queue.shift() ?? null;
    return this.#taken;
  }

  done(batch: Batch): void {
    this.#taken = null;
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
