/** Stops a timer; stopping twice is harmless. */
export type Cancel = () => void;

/**
 * The only source of time in the proxy, handed in so that tests can turn it. Durations and deadlines use `now`, which a
 * changed system clock does not move; dates and price rows use `wall`.
 */
export interface Clock {
  /** Monotonic milliseconds, with a fraction, from an arbitrary origin. */
  readonly now: () => number;
  /** Milliseconds since the Unix epoch. */
  readonly wall: () => number;
  /** Runs once after `delayMs`. The timer does not keep the process alive. */
  readonly after: (delayMs: number, run: () => void) => Cancel;
  /** Runs each `periodMs`. The timer does not keep the process alive. */
  readonly every: (periodMs: number, run: () => void) => Cancel;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
  every: (periodMs, run) => {
    const timer = setInterval(run, periodMs).unref();
    return () => clearInterval(timer);
  },
};
