import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScriptedClock } from '../../../test/support/scripted-clock.ts';
import { answerAtMs, createHold } from './mock-hold.ts';

const stall = { everyMs: 10_000, ms: 1000 };

describe('a mock', () => {
  it.each([
    [0, 5],
    [8990, 8995],
    // What would be answered within the stall is answered at its end.
    [8995, 10_000],
    [9500, 10_000],
    [9994, 10_000],
    [9995, 10_000],
    [10_000, 10_005],
    [28_999, 30_000],
  ])('that takes 5 ms and stops for the last second of each ten answers what came at %d at %d', (nowMs, atMs) => {
    expect(answerAtMs({ delayMs: 5, stall }, nowMs, 0)).toBe(atMs);
  });

  it('counts its stalls from its start', () => {
    expect(answerAtMs({ delayMs: 0, stall }, 123_456 + 9001, 123_456)).toBe(123_456 + 10_000);
  });

  it('never answers early, nor in a stall, nor out of turn', () => {
    const pace = { delayMs: 20, stall };
    const time = fc.double({ min: 0, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)].map((ms) => answerAtMs(pace, ms, 0));
        expect(first).toBeGreaterThanOrEqual(Math.min(one, other) + 20);
        expect((first as number) % 10_000).toBeLessThan(9000);
        expect(second).toBeGreaterThanOrEqual(first as number);
      }),
    );
  });

  it('answers at once where it has no delay, and else by its clock', async () => {
    const clock = new ScriptedClock();
    const answers: number[] = [];
    const answer = (): unknown => answers.push(clock.now());
    createHold({ delayMs: 0, stall: null }, clock)(answer);
    expect(answers).toEqual([0]);
    createHold({ delayMs: 50, stall: null }, clock)(answer);
    await clock.run(new Promise<void>((resolve) => clock.at(60, resolve)));
    expect(answers).toEqual([0, 50]);
  });
});
