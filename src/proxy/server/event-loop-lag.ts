const windowMs = 1000;

/**
 * How late the event loop is, told from a timer that should tick at an even pace. The worst moment of the last second is
 * left out: a single pause, such as the garbage collector's, is over by the time that it is seen, and nothing is gained
 * by refusing what comes behind it.
 */
export class EventLoopLag {
  readonly #periodMs: number;
  #lastAt: number;
  #samples: { readonly at: number; readonly lateMs: number }[] = [];

  constructor(periodMs: number, now: number) {
    this.#periodMs = periodMs;
    this.#lastAt = now;
  }

  /** The timer has ticked. */
  tick(now: number): void {
    this.#samples.push({ at: now, lateMs: now - this.#lastAt - this.#periodMs });
    this.#lastAt = now;
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
