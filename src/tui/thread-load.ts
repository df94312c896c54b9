import { performance } from 'node:perf_hooks';

/** As `performance.eventLoopUtilization()`: milliseconds in which the loop had something to do, and had not. */
export interface LoopTimes {
  readonly active: number;
  readonly idle: number;
}

/** How busy the thread is that it is made in, by its event loop: whatever it computes, for the screen or otherwise. */
export class ThreadLoad {
  readonly #read: () => LoopTimes;
  /** Null where what comes until the next look is not to be judged. */
  #since: LoopTimes | null = null;

  constructor(read: () => LoopTimes = () => performance.eventLoopUtilization()) {
    this.#read = read;
  }

  /** The share of the time since the last look in which it was busy, 0 to 1; null where that is not known. */
  look(): number | null {
    const since = this.#since;
    const now = this.#read();
    this.#since = now;
    if (since === null) return null;
    const active = now.active - since.active;
    const all = active + now.idle - since.idle;
    return all > 0 ? active / all : null;
  }

  /** Something has happened that is not what it always does: the next look gives null. */
  pass(): void {
    this.#since = null;
  }
}
