import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Cancel, Clock } from '../clock.ts';

const resolutionMs = 10;
const firstLookMs = 100;
const idleMs = 60_000;

/** How late timers came; milliseconds. */
export interface EventLoopJson {
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/**
 * Tells how long the event loop was held up since it was last asked. Measuring costs a timer every ten milliseconds: it
 * begins with the first question, who therefore waits a tenth of a second, and ends when nobody asks for a minute.
 */
export function createEventLoopWatch(clock: Clock): () => Promise<EventLoopJson> {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  let stopLater: Cancel = () => {};

  return async () => {
    const isFirst = delays.enable();
    stopLater();
    stopLater = clock.after(idleMs, () => void delays.disable());
    if (isFirst) await new Promise<void>((resolve) => void clock.after(firstLookMs, resolve));
    const json = {
      p50_ms: lateness(delays.percentile(50)),
      p99_ms: lateness(delays.percentile(99)),
      max_ms: lateness(delays.max),
    };
    delays.reset();
    return json;
  };
}

/** What is measured is the time from one tick to the next, of which the timer's own period is no delay. */
function lateness(nanoseconds: number): number {
  const ms = nanoseconds / 1e6 - resolutionMs;
  return ms > 0 ? Math.round(ms * 1000) / 1000 : 0;
}
