import { setTimeout } from 'node:timers/promises';

export interface Schedule {
  readonly perSecond: number;
  readonly requests: number;
}

/** Calls `offer` for each request at its time, evenly spaced, whatever came of earlier ones. Gives how late each call was, in ms. */
export async function followSchedule(
  { perSecond, requests }: Schedule,
  offer: (n: number, dueAt: number) => void,
): Promise<number[]> {
  const started = performance.now();
  const lateness: number[] = [];
  for (let n = 0; n < requests; n += 1) {
    const dueAt = started + (n * 1000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await setTimeout(waitMs);
    lateness.push(performance.now() - dueAt);
    offer(n, dueAt);
  }
  return lateness;
}
