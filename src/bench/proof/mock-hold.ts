import type { Hold } from '../mock.ts';
import type { Clock } from './clock.ts';

/** How long a mock's answers take. */
export interface MockPace {
  readonly delayMs: number;
  /** Answers nothing in the last `ms` of each `everyMs`; null: never stops. */
  readonly stall: { readonly everyMs: number; readonly ms: number } | null;
}

/** When to answer what came at `nowMs`; the stalls are counted from `startMs`. */
export function answerAtMs({ delayMs, stall }: MockPace, nowMs: number, startMs: number): number {
  const readyMs = nowMs + delayMs;
  if (stall === null) return readyMs;
  const intoPeriodMs = (readyMs - startMs) % stall.everyMs;
  return intoPeriodMs < stall.everyMs - stall.ms ? readyMs : readyMs + stall.everyMs - intoPeriodMs;
}

/** Gives each answer its time. */
export function createHold(pace: MockPace, clock: Clock): Hold {
  const startMs = clock.now();
  return (answer) => {
    const now = clock.now();
    const atMs = answerAtMs(pace, now, startMs);
    if (atMs <= now) answer();
    else clock.at(atMs, answer);
  };
}
