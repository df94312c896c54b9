import { expect, it } from 'vitest';
import { skippedEvents } from './skipped-events.ts';

it('says how many events were left out, at most each ten seconds', () => {
  let now = 0;
  const said: string[] = [];
  const skipped = skippedEvents(
    (message) => said.push(message),
    () => now,
  );
  for (now = 0; now < 10_000; now += 100) skipped(50);
  expect(said).toEqual(['50 events were too many to show here; they are counted all the same']);
  skipped(1);
  expect(said.slice(1)).toEqual(['4,951 events were too many to show here; they are counted all the same']);
});
