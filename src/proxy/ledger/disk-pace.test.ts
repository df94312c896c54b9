import { describe, expect, it } from 'vitest';
import { DiskPace } from './disk-pace.ts';

describe('the pace of a disk', () => {
  it('is quick until a write took more than 5 ms', () => {
    const pace = new DiskPace();
    pace.took(1000, 1005);
    expect(pace.isQuick(1005)).toBe(true);
    pace.took(1005, 1011);
    expect(pace.isQuick(1011)).toBe(false);
    expect(pace.isQuick(1111)).toBe(true);
  });

  it('doubles its pause with each slow write, up to a minute', () => {
    const pace = new DiskPace();
    let now = 0;
    const pauses: number[] = [];
    for (let write = 0; write < 12; write++) {
      pace.took(now, now + 10);
      now += 10;
      const from = now;
      while (!pace.isQuick(now)) now += 100;
      pauses.push(now - from);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  });

  it('forgets a slow write after as long a time without one', () => {
    const pace = new DiskPace();
    pace.took(0, 10);
    pace.took(200, 201);
    pace.took(211, 212);
    pace.took(300, 310);
    expect(pace.isQuick(410)).toBe(true);
  });
});
