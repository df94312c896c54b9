import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUpdateReader } from './screen-updates.ts';

const begin = '\u001B[?2026h';
const end = '\u001B[?2026l';

function updatesIn(chunks: readonly Buffer[]): number[] {
  const found: number[] = [];
  const read = createUpdateReader((bytes) => void found.push(bytes));
  for (const chunk of chunks) read(chunk);
  return found;
}

describe('updates of a screen', () => {
  const text = `\u001B[?1049h${begin}é${end}noise\u001B[?2026${begin}${end}${end}${begin}never ended`;
  const bytes = Buffer.from(text);

  it('are counted with their marks, and nothing else is', () => {
    expect(updatesIn([bytes])).toEqual([18, 16]);
  });

  it('are the same however their bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), bytes.length];
        const chunks = at.slice(1).map((to, index) => bytes.subarray(at[index], to));
        expect(updatesIn(chunks)).toEqual([18, 16]);
      }),
    );
  });

  it('are found behind anything, for as long as it may be', () => {
    expect(updatesIn([Buffer.alloc(1e6, '\u001B[?2026'), Buffer.from(begin), Buffer.from(end)])).toEqual([16]);
  });
});
