import { InvalidArgumentError, Option } from 'commander';
import { durationMs } from './duration.ts';

const dayMs = 86_400_000;
const dateText = /^(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/u;

/**
 * A moment of the past as Unix milliseconds: so long ago (`30m`, `1h`, `7d`), a day (`today`, `yesterday`, `2026-11-20`:
 * its beginning) or a day and a time (`2026-11-20T09:30`). The machine's time zone counts unless the text names one.
 * Null for anything else.
 */
export function momentFrom(text: string, now: number): number | null {
  const at = momentOf(text.trim(), now);
  return at !== null && at <= now && at >= 0 ? at : null;
}

/** When the local day of a moment began, or one so many days before. */
export function startOfDay(time: number, daysBefore = 0): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBefore).getTime();
}

/** `--since`: the command gets Unix milliseconds. */
export function sinceOption(description: string): Option {
  return new Option('--since <when>', description).argParser((text: string) => {
    const at = momentFrom(text, Date.now());
    if (at !== null) return at;
    throw new InvalidArgumentError(
      'Expected a time of the past, such as 30m, 7d, today, yesterday or 2026-11-20T09:30.',
    );
  });
}

function momentOf(text: string, now: number): number | null {
  if (text === 'today') return startOfDay(now);
  if (text === 'yesterday') return startOfDay(now, 1);
  const days = /^(\d{1,4})d$/u.exec(text)?.[1];
  if (days !== undefined) return now - Number(days) * dayMs;
  const ago = /[a-z]$/u.test(text) ? durationMs(text) : null;
  return ago === null ? dateFrom(text) : now - ago;
}

function dateFrom(text: string): number | null {
  const [, year, month, day] = (dateText.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  // The 31st of February would be read as a day in March.
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return null;
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(at) ? null : at;
}
