import { describe, expect, it } from 'vitest';
import { dayTimeFrom, isWithin } from './day-time.ts';

const at = (hours: number, minutes = 0): number => new Date(2026, 10, 26, hours, minutes).getTime();

describe('times of day', () => {
  it('begin with their first minute and end before their last', () => {
    const day = dayTimeFrom('09:00-17:30')!;
    expect([at(8, 59), at(9), at(17, 29), at(17, 30)].map((time) => isWithin(day, time))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('may pass midnight, or end at it', () => {
    const night = dayTimeFrom('22:00 - 06:00')!;
    expect([at(21, 59), at(23), at(0), at(5, 59), at(6)].map((time) => isWithin(night, time))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(isWithin(dayTimeFrom('20:00-24:00')!, at(23, 59))).toBe(true);
  });

  it.each(['', '9-17', '09:00', '25:00-26:00', '09:60-10:00', '09:00-09:00', '24:01-03:00'])('are not %j', (text) =>
    expect(dayTimeFrom(text)).toBeNull(),
  );
});
