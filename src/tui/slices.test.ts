import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slices, type Spent } from './slices.ts';

const spent = (more: Partial<Spent> = {}): Spent => ({
  ...{ requests: 1, costUsd: 0.5, tokens: 100, cacheRead: 60, input: 80, overheadMs: 1 },
  ...more,
});
const now = Date.UTC(2026, 10, 22, 12, 0, 30, 500);
const day = 86_400_000;

describe('slices', () => {
  it('tell the last spans, oldest first, the last one up to now, and gaps empty', () => {
    const slices = new Slices();
    slices.add(spent(), now - 20_000, now);
    slices.add(spent({ costUsd: 2, overheadMs: 7 }), now, now);
    slices.add(spent({ overheadMs: 3 }), now, now);
    const read = slices.read(10, 3, now);
    expect(read.map(({ costUsd }) => costUsd)).toEqual([0.5, 0, 2.5]);
    expect(read.map(({ overheadMs }) => overheadMs)).toEqual([1, null, 7]);
    expect(read[2]).toEqual({ costUsd: 2.5, requests: 2, tokens: 200, cacheRead: 120, input: 160, overheadMs: 7 });
  });

  it('keep a column as it is while time goes on', () => {
    const slices = new Slices();
    slices.add(spent(), now, now);
    for (let later = 0; later < 9000; later += 1000) {
      expect(slices.read(10, 2, now + later).map(({ requests }) => requests)).toEqual([0, 1]);
    }
    expect(slices.read(10, 2, now + 10_000).map(({ requests }) => requests)).toEqual([1, 0]);
  });

  it('lose nothing and invent nothing, however a span is cut', () => {
    const moments = fc.array(fc.integer({ min: 0, max: day - 120_000 }), { maxLength: 30 });
    const cuts = fc.constantFrom(0.5, 1, 7, 30, 60, 61, 450, 3600);
    fc.assert(
      fc.property(moments, cuts, (agos, seconds) => {
        const slices = new Slices();
        const count = Math.floor(80_000 / seconds);
        for (const ago of agos) slices.add(spent(), now - ago, now);
        const read = slices.read(seconds, count, now);
        const sum = read.reduce((total, { requests }) => total + requests, 0);
        const spanMs = seconds * 1000 * read.length;
        const bucketMs = spanMs <= 900_000 ? 1000 : 60_000;
        const surely = agos.filter((ago) => ago < spanMs - seconds * 1000 - bucketMs).length;
        const possibly = agos.filter((ago) => ago <= spanMs + bucketMs).length;
        expect(sum).toBeGreaterThanOrEqual(surely - 1e-6);
        expect(sum).toBeLessThanOrEqual(possibly + 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('forget what is older than they show', () => {
    const slices = new Slices();
    slices.add(spent(), now, now);
    const total = (at: number, seconds: number, count: number): number =>
      slices.read(seconds, count, at).reduce((sum, { requests }) => sum + requests, 0);
    expect(total(now + 14 * 60_000, 1, 900)).toBe(1);
    expect(total(now + 16 * 60_000, 1, 900)).toBe(0);
    expect(total(now + 16 * 60_000, 60, 60)).toBe(1);
    expect(total(now + day + 120_000, 3600, 24)).toBe(0);
  });

  it('survive a clock that goes back or jumps by a day', () => {
    const slices = new Slices();
    const total = (at: number): number => slices.read(60, 60, at).reduce((sum, { requests }) => sum + requests, 0);
    slices.add(spent(), now, now);
    slices.add(spent(), now - day, now - day);
    expect(total(now - day)).toBe(1);
    slices.add(spent(), now + day, now + day);
    expect(total(now + day)).toBe(1);
    slices.add(spent(), now - day - 5000, now - day);
    expect(total(now - day)).toBe(2);
  });

  it('leave out what is still to come, and what nobody can ask for', () => {
    const slices = new Slices();
    slices.add(spent(), now + 3600_000, now);
    slices.add(spent(), NaN, now);
    slices.add(spent(), -1, now);
    expect(slices.read(60, 60, now).every(({ requests }) => requests === 0)).toBe(true);
    expect(slices.read(0, 5, now)).toEqual([]);
    expect(slices.read(NaN, 5, now)).toEqual([]);
    expect(slices.read(1, -1, now)).toEqual([]);
    expect(slices.read(1, 1e9, now).length).toBeLessThan(5000);
  });
});
