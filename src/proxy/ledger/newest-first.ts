/** What stands in order by itself, newest first. */
export interface Source<Entry> {
  /** Nothing in it is newer; Unix milliseconds. */
  readonly newestMs: number;
  readonly read: () => AsyncGenerator<Entry>;
}

/**
 * All sources as one, newest first. A source is opened only once what it has may be next: of many runs, those that wrote
 * at the same time are read at the same time.
 *
 * @param timeOf Unix milliseconds; where it stands is decided by this
 */
export async function* newestFirst<Entry>(
  sources: readonly Source<Entry>[],
  timeOf: (entry: Entry) => number,
): AsyncGenerator<Entry> {
  const waiting = [...sources].sort((a, b) => a.newestMs - b.newestMs);
  const open = new Map<AsyncGenerator<Entry>, Entry>();
  const advance = async (source: AsyncGenerator<Entry>): Promise<void> => {
    const next = await source.next();
    if (next.done) open.delete(source);
    else open.set(source, next.value);
  };
  try {
    for (;;) {
      const newest = latest(open, timeOf);
      const next = waiting.at(-1);
      if (next && (!newest || next.newestMs >= timeOf(newest[1]))) {
        waiting.pop();
        await advance(next.read());
        continue;
      }
      if (!newest) return;
      yield newest[1];
      await advance(newest[0]);
    }
  } finally {
    for (const source of open.keys()) await source.return(undefined);
  }
}

function latest<Entry>(
  open: ReadonlyMap<AsyncGenerator<Entry>, Entry>,
  timeOf: (entry: Entry) => number,
): [AsyncGenerator<Entry>, Entry] | null {
  let best: [AsyncGenerator<Entry>, Entry] | null = null;
  for (const pair of open) if (!best || timeOf(pair[1]) > timeOf(best[1])) best = pair;
  return best;
}
