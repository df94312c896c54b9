import type { Cancel, Clock } from '../clock.ts';

/** How long an answer's last bytes wait for the write that holds its record. */
const longestWaitMs = 5;

/** Callbacks that wait for one write. */
export class Waiting {
  readonly #clock: Clock;
  readonly #countLate: (count: number) => void;
  #callbacks: (() => void)[] = [];
  #cancelTimer: Cancel | null = null;

  constructor(clock: Clock, countLate: (count: number) => void) {
    this.#clock = clock;
    this.#countLate = countLate;
  }

  add(run: () => void): void {
    this.#callbacks.push(run);
  }

  /** From now on they wait 5 ms at most. A write that is done in this tick needs no timer. */
  limit(): void {
    // One timer for all that wait for the same write: whoever came later waits a little less.
    if (this.#callbacks.length > 0) this.#cancelTimer ??= this.#clock.after(longestWaitMs, () => this.giveUp());
  }

  /** The write is done: runs all of them, in the order in which they came. */
  release(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#callbacks.length === 0) return;
    const due = this.#callbacks;
    this.#callbacks = [];
    for (const run of due) run();
  }

  /** The write will not be in time: counts all of them as late, then runs them. */
  giveUp(): void {
    this.#countLate(this.#callbacks.length);
    this.release();
  }
}
