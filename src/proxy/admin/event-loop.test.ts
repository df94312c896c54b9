import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createEventLoopWatch } from './event-loop.ts';

function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('the event loop watch', () => {
  it('tells how long the loop was held up, already at the first question', async () => {
    const watch = createEventLoopWatch(systemClock);
    const first = watch();
    // The watch must have seen a tick before the loop stands still.
    await new Promise<void>((resolve) => void systemClock.after(20, resolve));
    holdUp(60);
    const { p50_ms, p99_ms, max_ms } = await first;
    expect(max_ms).toBeGreaterThan(30);
    expect(p50_ms).toBeLessThanOrEqual(p99_ms);
    expect(p99_ms).toBeLessThanOrEqual(max_ms);
  });

  it('begins anew with each question', async () => {
    const watch = createEventLoopWatch(systemClock);
    const first = watch();
    await new Promise<void>((resolve) => void systemClock.after(20, resolve));
    holdUp(60);
    await first;
    expect((await watch()).max_ms).toBeLessThan(30);
  });
});
