import type { Cancel, Clock } from '../clock.ts';

/** How long an answer's last bytes wait for the write that holds its record. */
const longestWaitMs = 5;

/** Callbacks that wait for one write. */
export interface Waiting {
  readonly add: (run: () => void) => void;
  /** From now on they wait 5 ms at most. A write that is done in this tick needs no timer. */
  readonly limit: () => void;
  /** The write is done: runs all of them, in the order in which they came. */
  readonly release: () => void;
  /** The write will not be in time: counts all of them as late, then runs them. */
  readonly giveUp: () => void;
}

export function createWaiting(clock: Clock, countLate: (count: number) => void): Waiting {
  let callbacks: (() => void)[] = [];
  let cancelTimer: Cancel | null = null;

  function release(): void {
    cancelTimer?.();
    cancelTimer = null;
    const due = callbacks;
    callbacks = [];
    for (const run of due) run();
  }

  function giveUp(): void {
    countLate(callbacks.length);
    release();
  }

  return {
    add: (run) => void callbacks.push(run),
    limit() {
      // One timer for all that wait for the same write: whoever came later waits a little less.
      if (callbacks.length > 0) cancelTimer ??= clock.after(longestWaitMs, giveUp);
    },
    release,
    giveUp,
  };
}
