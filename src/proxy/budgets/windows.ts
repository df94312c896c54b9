import { createCalendar, nextDay } from '../local-day.ts';
import type { BudgetWindow } from '../quota.ts';

/** Names the windows in which accounts are kept. Later windows of one kind sort behind earlier ones. */
export interface Windows {
  /** `2026-11-26`, `2026-11`, or '' where no date ends it. */
  readonly at: (kind: BudgetWindow, wallMs: number) => string;
}

/** By the machine's time zone. Neighbouring moments cost nothing. */
export function createWindows(): Windows {
  const dayOf = createCalendar();
  let day = '';
  let month = '';
  return {
    at(kind, wallMs) {
      if (kind !== 'day' && kind !== 'month') return '';
      const current = dayOf(wallMs);
      if (current !== day) {
        day = current;
        month = current.slice(0, current.lastIndexOf('-'));
      }
      return kind === 'day' ? day : month;
    },
  };
}

/** When a window is over, in Unix milliseconds; null where no date ends it. */
export function endOf(window: string): number | null {
  const [year, month, day] = window.split('-').map(Number);
  if (year === undefined || month === undefined) return null;
  return day === undefined ? new Date(year, month, 1).getTime() : nextDay(new Date(year, month - 1, day).getTime());
}

/** The first day of a window. */
export function firstDayOf(window: string): string {
  return window.split('-').length === 2 ? `${window}-01` : window;
}
