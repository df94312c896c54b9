import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestFirst, type Source } from './newest-first.ts';

interface Opened {
  readonly sources: Source<number>[];
  readonly opened: number[];
  readonly closed: number[];
}

function sourcesOf(lists: readonly (readonly number[])[]): Opened {
  const [opened, closed]: [number[], number[]] = [[], []];
  const sources = lists.map((times, index) => ({
    newestMs: times[0] ?? 0,
    async *read() {
      opened.push(index);
      try {
        yield* times;
      } finally {
        closed.push(index);
      }
    },
  }));
  return { sources, opened, closed };
}

describe('reading several runs newest first', () => {
  const descending = fc.array(fc.nat(1000)).map((times) => times.sort((a, b) => b - a));

  it('gives all that the runs have, in one order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(descending, { maxLength: 6 }), async (lists) => {
        const given = [];
        for await (const time of newestFirst(sourcesOf(lists).sources, Number)) given.push(time);
        expect(given).toEqual(lists.flat().sort((a, b) => b - a));
      }),
    );
  });

  it('opens no run that is older than what is asked for, and closes those that it opened', async () => {
    const { sources, opened, closed } = sourcesOf([
      [3, 2, 1],
      [9, 5],
      [8, 7],
    ]);
    const given = [];
    for await (const time of newestFirst(sources, Number)) {
      given.push(time);
      if (given.length === 3) break;
    }
    expect(given).toEqual([9, 8, 7]);
    expect(opened).toEqual([1, 2]);
    expect(closed.toSorted((a, b) => a - b)).toEqual([1, 2]);
  });
});
