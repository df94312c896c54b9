/** A write that takes longer than this was waited for by everybody. */
const quickMs = 5;
const firstPauseMs = 100;
const longestPauseMs = 60_000;

/**
 * Whether a disk is quick enough to be written to on the thread that serves requests. After a slow write it is left
 * alone for a while, for twice as long each time; so long a time without one as the last pause makes up for it.
 */
export class DiskPace {
  #pauseMs = 0;
  #pausedUntil = 0;

  isQuick(now: number): boolean {
    return now >= this.#pausedUntil;
  }

  /** A write took so long. */
  took(startedAt: number, endedAt: number): void {
    if (endedAt - startedAt > quickMs) {
      this.#pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
      this.#pausedUntil = endedAt + this.#pauseMs;
    } else if (this.#pauseMs > 0 && endedAt > this.#pausedUntil + this.#pauseMs) {
      this.#pauseMs = 0;
    }
  }
}
