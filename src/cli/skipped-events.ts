const everyMs = 10_000;

/**
 * Under load more requests end than a screen can show. Says so at most each ten seconds, with how many were left out since
 * the last time.
 */
export function skippedEvents(say: (message: string) => void, now: () => number): (count: number) => void {
  let skipped = 0;
  let saidAt = -Infinity;
  return (count) => {
    skipped += count;
    if (now() - saidAt < everyMs) return;
    saidAt = now();
    say(`${skipped.toLocaleString('en')} events were too many to show here; they are counted all the same`);
    skipped = 0;
  };
}
