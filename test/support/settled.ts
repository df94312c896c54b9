import { expect, vi } from 'vitest';

/** What a count comes to once it has begun and no longer changes: what a sender got rid of before it was held up. */
export async function settled(count: () => number): Promise<number> {
  let before = -1;
  await vi.waitFor(
    () => {
      const now = count();
      const isSame = now === before && now > 0;
      before = now;
      expect(isSame).toBe(true);
    },
    { interval: 100, timeout: 10_000 },
  );
  return before;
}
