import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FramePace } from './frame-pace.ts';

const quiet = { changed: false, urgent: false, still: false };

/** Frames in so many milliseconds of a loop that asks every millisecond, where each takes so long. */
function framesIn(pace: FramePace, durationMs: number, input: Partial<typeof quiet>, tookMs = 5): number {
  let frames = 0;
  for (let now = 1; now <= durationMs; now++) {
    if (pace.dueIn({ ...quiet, ...input, now }) !== 0) continue;
    frames++;
    pace.drawn(now, tookMs);
  }
  return frames;
}

describe('the pace of frames', () => {
  it.each([
    ['4 a second while data changes', { changed: true }, 4],
    ['1 a second while nothing does', {}, 1],
    ['20 a second at most while keys are pressed', { urgent: true }, 20],
    ['none while nobody looks', { changed: true, still: true }, 0],
    ['20 a second at most for keys though it stands still', { urgent: true, still: true }, 20],
  ])('is %s', (_, input, perSecond) => expect(framesIn(new FramePace(), 10_000, input)).toBe(perSecond * 10));

  it('shows the first frame, and a key after a pause, at once', () => {
    const pace = new FramePace();
    expect(pace.dueIn({ ...quiet, now: 0 })).toBe(0);
    pace.drawn(0, 5);
    expect(pace.dueIn({ ...quiet, now: 100 })).toBe(900);
    expect(pace.dueIn({ ...quiet, changed: true, now: 100 })).toBe(150);
    expect(pace.dueIn({ ...quiet, urgent: true, now: 20 })).toBe(30);
    expect(pace.dueIn({ ...quiet, urgent: true, now: 100 })).toBe(0);
    expect(pace.dueIn({ ...quiet, still: true, now: 100 })).toBeNull();
  });

  it('halves, and halves again, while the median frame takes over 25 ms, and says so', () => {
    const pace = new FramePace();
    for (let frame = 0; frame < 15; frame++) pace.drawn(0, frame % 3 === 0 ? 1 : 26);
    expect(pace.slow).toBe(true);
    expect(pace.dueIn({ ...quiet, changed: true, now: 0 })).toBe(500);
    expect(pace.dueIn({ ...quiet, urgent: true, now: 0 })).toBe(50);
    for (let frame = 0; frame < 150; frame++) pace.drawn(0, 100);
    expect(pace.dueIn({ ...quiet, changed: true, now: 0 })).toBe(2000);
  });

  it('recovers when frames are cheap again, and not for those in between', () => {
    const pace = new FramePace();
    let now = 0;
    const draw = (frames: number, tookMs: number): void => {
      for (let frame = 0; frame < frames; frame++) pace.drawn((now += 500), tookMs);
    };
    draw(15, 40);
    draw(30, 20);
    expect(pace.slow).toBe(true);
    draw(15, 5);
    expect(pace.slow).toBe(false);
  });

  describe('where the thread is busy', () => {
    /** Whether it is slow after each judgement, by how busy the thread was, with frames of so long four times a second. */
    const slowAfter = (shares: readonly (number | null)[], tookMs: number): boolean[] => {
      const left = [...shares];
      let now = 0;
      const pace = new FramePace(() => left.shift()!);
      return shares.map(() => {
        for (let frame = 0; frame < 15; frame++) pace.drawn((now += 250), tookMs);
        return pace.slow;
      });
    };

    it('halves once, while that is over 5 % of the time', () => {
      const [first, ...then] = slowAfter([0.06, 0.06, 0.06, 0.06], 10);
      // How long the first frames took to come is not known.
      expect([first, ...then]).toEqual([false, true, true, true]);
      let now = 0;
      const pace = new FramePace(() => 0.9);
      for (let frame = 0; frame < 150; frame++) pace.drawn((now += 25), 20);
      expect(pace.dueIn({ ...quiet, changed: true, now })).toBe(500);
    });

    it('recovers where twice as many frames would be few enough, and holds where that is not known', () => {
      expect(slowAfter([0, 0.06, null, 0.02, 0], 9)).toEqual([false, true, true, true, false]);
    });

    it('does not, where that is by something else than frames', () => {
      expect(slowAfter([0.5, 0.5, 0.5], 5)).toEqual([false, false, false]);
    });
  });

  it('is not slowed by a few long frames', () => {
    const pace = new FramePace();
    for (let frame = 0; frame < 60; frame++) pace.drawn(0, frame % 3 === 0 ? 200 : 10);
    expect(pace.slow).toBe(false);
  });

  it('never lets frames come closer than 50 ms', () => {
    const asked = fc.record({ now: fc.nat(5000), changed: fc.boolean(), urgent: fc.boolean(), still: fc.boolean() });
    fc.assert(
      fc.property(asked, fc.nat(5000), (input, last) => {
        const pace = new FramePace();
        pace.drawn(last, 1);
        const due = pace.dueIn(input);
        expect(due === null || input.now + due >= last + 50).toBe(true);
      }),
    );
  });
});
