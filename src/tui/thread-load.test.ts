import { describe, expect, it } from 'vitest';
import { type LoopTimes, ThreadLoad } from './thread-load.ts';

function load(...times: readonly LoopTimes[]): ThreadLoad {
  const left = [...times];
  return new ThreadLoad(() => left.shift()!);
}

describe('the load of a thread', () => {
  it('is the share of the time since the last look in which it was busy', () => {
    const meter = load({ active: 900, idle: 100 }, { active: 905, idle: 195 }, { active: 1005, idle: 195 });
    expect([meter.look(), meter.look(), meter.look()]).toEqual([null, 0.05, 1]);
  });

  it('is not known where no time has passed, or what happened was passed over', () => {
    const meter = load({ active: 1, idle: 1 }, { active: 1, idle: 1 }, { active: 9, idle: 1 }, { active: 9, idle: 2 });
    expect([meter.look(), meter.look()]).toEqual([null, null]);
    meter.pass();
    expect([meter.look(), meter.look()]).toEqual([null, 0]);
  });

  it('is read from the event loop that it runs in', () => {
    const meter = new ThreadLoad();
    meter.look();
    const until = performance.now() + 20;
    while (performance.now() < until);
    expect(meter.look()).toBeGreaterThanOrEqual(0);
  });
});
