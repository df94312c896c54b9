import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCalendar, nextDay } from './local-day.ts';

const hourMs = 60 * 60 * 1000;
const zone = process.env['TZ'];

beforeEach(() => void (process.env['TZ'] = 'Europe/Berlin'));
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('the calendar', () => {
  it("begins a day at the machine's own midnight", () => {
    const dayOf = createCalendar();
    expect(dayOf(Date.UTC(2026, 0, 31, 22, 59, 59, 999))).toBe('2026-01-31');
    expect(dayOf(Date.UTC(2026, 0, 31, 23))).toBe('2026-02-01');
  });

  it('knows days of 23 and of 25 hours', () => {
    expect(nextDay(Date.UTC(2026, 2, 28, 23)) - Date.UTC(2026, 2, 28, 23)).toBe(23 * hourMs);
    expect(nextDay(Date.UTC(2026, 9, 24, 22)) - Date.UTC(2026, 9, 24, 22)).toBe(25 * hourMs);
    const dayOf = createCalendar();
    const days = Array.from({ length: 50 }, (_, hour) => dayOf(Date.UTC(2026, 9, 24, 22) + hour * hourMs));
    expect(days.filter((day) => day === '2026-10-25')).toHaveLength(25);
  });

  it('follows a clock that is set back', () => {
    const dayOf = createCalendar();
    expect(dayOf(Date.UTC(2026, 5, 2, 12))).toBe('2026-06-02');
    expect(dayOf(Date.UTC(2026, 5, 1, 12))).toBe('2026-06-01');
    expect(dayOf(0)).toBe('1970-01-01');
  });
});
