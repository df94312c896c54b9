import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPacer } from './pacer.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('the pacer', () => {
  it('gives each stream an event every 50 ms, and then its end', () => {
    const told: number[] = [];
    createPacer().add({ events: 3, event: () => told.push(performance.now()), end: () => told.push(-1) });
    vi.advanceTimersByTime(300);
    const [first = NaN, second, third, end] = told;
    expect([second, third, end]).toEqual([first + 50, first + 100, -1]);
    expect(told).toHaveLength(4);
  });

  it('spreads streams over time', () => {
    const pacer = createPacer();
    const times = new Set<number>();
    for (let n = 0; n < 50; n += 1) {
      pacer.add({ events: 1, event: () => times.add(performance.now()), end: () => undefined });
    }
    vi.advanceTimersByTime(100);
    expect(times.size).toBe(50);
  });

  it('stops its timer when there is no stream left', () => {
    createPacer().add({ events: 1, event: () => undefined, end: () => undefined });
    vi.advanceTimersByTime(200);
    expect(vi.getTimerCount()).toBe(0);
  });
});
