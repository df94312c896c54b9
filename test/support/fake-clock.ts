import type { Clock } from '../../src/proxy/clock.ts';

interface Timer {
  at: number;
  periodMs: number | null;
  run: () => void;
}

export interface FakeClock extends Clock {
  /** Moves both times on and runs what falls due on the way, in order. */
  readonly advance: (ms: number) => void;
  /** Sets the wall clock alone, as a user or a time server does. */
  readonly setWall: (ms: number) => void;
}

/** A clock that stands still until a test turns it. */
export function fakeClock(wallMs = Date.UTC(2026, 10, 22, 12)): FakeClock {
  let now = 1000;
  let wall = wallMs;
  const timers = new Set<Timer>();
  const add = (delayMs: number, periodMs: number | null, run: () => void): (() => void) => {
    const timer: Timer = { at: now + delayMs, periodMs, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const nextBefore = (limit: number): Timer | undefined =>
    [...timers].filter((timer) => timer.at <= limit).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    wall: () => wall,
    after: (delayMs, run) => add(delayMs, null, run),
    every: (periodMs, run) => add(periodMs, periodMs, run),
    setWall: (ms) => void (wall = ms),
    advance(ms) {
      const until = now + ms;
      for (let timer = nextBefore(until); timer; timer = nextBefore(until)) {
        wall += timer.at - now;
        now = timer.at;
        if (timer.periodMs === null) timers.delete(timer);
        else timer.at += timer.periodMs;
        timer.run();
      }
      wall += until - now;
      now = until;
    },
  };
}
