const windowMs = 1000;

/**
 * How late the event loop is by its own work, told from a timer that should tick at an even pace. What it did not have the
 * processor for does not count: where other programs have it, or the machine sleeps, to refuse requests does not help,
 * and where there is more to do than can be done, each turn takes more and more processor time anyway. The worst moment
 * of the last second is left out: a single pause, such as the garbage collector's, is over by the time that it is seen,
 * and nothing is gained by refusing what comes behind it.
 */
export class EventLoopLag {
  readonly #periodMs: number;
  #lastAt: number;
  #lastUsedMs: number;
  #samples: { readonly at: number; readonly lateMs: number }[] = [];

  /** @param usedMs the processor time that was used since some time */
  constructor(periodMs: number, now: number, usedMs: number) {
    this.#periodMs = periodMs;
    this.#lastAt = now;
    this.#lastUsedMs = usedMs;
  }

  /** The timer has ticked. */
  tick(now: number, usedMs: number): void {
    const lateMs = now - this.#lastAt - this.#periodMs;
    this.#samples.push({ at: now, lateMs: Math.min(lateMs, usedMs - this.#lastUsedMs) });
    this.#lastAt = now;
    this.#lastUsedMs = usedMs;
    // Two at least: where each takes longer than the window, they are what there is to see.
    while (this.#samples.length > 2 && now - this.#samples[0]!.at >= windowMs) this.#samples.shift();
  }

  /** In milliseconds, of the last second. */
  get ms(): number {
    let worst = 0;
    let second = 0;
    for (const { lateMs } of this.#samples) {
      if (lateMs > worst) [worst, second] = [lateMs, worst];
      else if (lateMs > second) second = lateMs;
    }
    return second;
  }
}
