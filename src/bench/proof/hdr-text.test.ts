import { describe, expect, it } from 'vitest';
import { hdrText } from './hdr-text.ts';
import { Histogram } from './histogram.ts';

function linesOf(count: number): string[] {
  const histogram = new Histogram();
  for (let ms = 1; ms <= count; ms += 1) histogram.add(ms);
  return hdrText(histogram).split('\n');
}

/** The four columns of each line of figures, as HdrHistogram's plotter reads them. */
const figuresOf = (lines: readonly string[]): number[][] =>
  lines.filter((line) => /^ *\d/.test(line)).map((line) => line.trim().split(/ +/).map(Number));

describe('the text of HdrHistogram', () => {
  it('has its heading, its figures and its three last lines', () => {
    const lines = linesOf(100);
    expect(lines[0]?.trim().split(/ +/)).toEqual(['Value', 'Percentile', 'TotalCount', '1/(1-Percentile)']);
    expect(lines.slice(-4).map((line) => line.slice(0, 9))).toEqual(['#[Mean   ', '#[Max    ', '#[Buckets', '']);
    expect(lines.find((line) => line.startsWith('#[Max'))).toContain('Total count    =          100');
  });

  it('goes up to all times, and never down', () => {
    const figures = figuresOf(linesOf(1000));
    expect(figures.at(-1)?.slice(0, 3)).toEqual([1000, 1, 1000]);
    for (const [column] of [[0], [1], [2]] as const) {
      const values = figures.map((line) => line[column] as number);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });

  it('gives a value that so many times are not above', () => {
    const median = figuresOf(linesOf(1000)).find(([, share]) => share === 0.5);
    expect(median?.[0]).toBeCloseTo(500, 0);
    expect(median?.[2]).toBe(500);
    expect(median?.[3]).toBe(2);
  });

  it('of nothing has no figures', () => {
    expect(figuresOf(linesOf(0))).toEqual([]);
  });
});
