import { describe, expect, it } from 'vitest';
import { momentFrom, startOfDay } from './since.ts';

const now = new Date(2026, 10, 22, 12, 30).getTime();
const local = (...parts: [number, number, number, number?, number?]): number => new Date(...parts).getTime();

describe('a moment of the past', () => {
  it.each([
    ['90s', now - 90_000],
    ['30m', now - 1_800_000],
    ['1.5h', now - 5_400_000],
    ['7d', now - 7 * 86_400_000],
    ['today', local(2026, 10, 22)],
    ['yesterday', local(2026, 10, 21)],
    ['2026-11-20', local(2026, 10, 20)],
    ['2026-11-20T09:30', local(2026, 10, 20, 9, 30)],
    [' 2026-11-20 09:30:15 ', local(2026, 10, 20, 9, 30) + 15_000],
    ['2026-11-20T09:30:00Z', Date.UTC(2026, 10, 20, 9, 30)],
    ['2026-11-20T09:30:00.250+02:00', Date.UTC(2026, 10, 20, 7, 30) + 250],
    ['2024-02-29', local(2024, 1, 29)],
  ])('is %s', (text, at) => expect(momentFrom(text, now)).toBe(at));

  it.each([
    ...['', '7', '7 d', '-7d', '1.5d', '99999d', 'soon', '20.11.2026', '2026-11', '2026-02-30', '2026-13-01'],
    ...['2026-11-20T25:00', '2026-11-20T09:60', '2026-11-23', '2027-01-01', '2026-11-20T09:30 UTC'],
  ])('is not %j', (text) => expect(momentFrom(text, now)).toBeNull());

  it('begins a day at its own midnight', () => {
    expect(startOfDay(now)).toBe(local(2026, 10, 22));
    expect(startOfDay(now, 30)).toBe(local(2026, 9, 23));
  });
});
