import { expect, it } from 'vitest';
import { TargetLoads } from './target-loads.ts';

it('forgets loads where clients make up models without end, and none that is over goes below nothing', () => {
  const loads = new TargetLoads();
  const over = loads.begin('a');
  loads.answered('a', 50, 1000);
  expect([loads.inFlight('a'), loads.expectedMs('a')]).toEqual([1, 100]);
  for (let count = 0; count < 5000; count++) loads.begin(`made up ${count}`)();
  expect([loads.inFlight('a'), loads.expectedMs('a')]).toEqual([0, 0]);
  loads.begin('a');
  over();
  expect(loads.inFlight('a')).toBe(1);
});
