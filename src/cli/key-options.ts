import { InvalidArgumentError, Option } from 'commander';
import { budgetsFrom, keyName, limitsFrom, maxKeys } from '../proxy/access-keys/registry/index.ts';
import { durationMs } from './duration.ts';

const aDayMs = 86_400_000;
const dayText = /^\d{4}-\d{2}-\d{2}$/u;

/** `--limits`: checked, and kept as it was written. */
export function limitsOption(): Option {
  return new Option('--limits <text>', 'how fast, and how many at a time').argParser((text: string) =>
    checked(text, limitsFrom(text, '')),
  );
}

/** `--budget`, which can be given again for another window. */
export function budgetOption(): Option {
  return new Option('--budget <text>', 'what may be spent').argParser(
    (text: string, before: readonly string[] | undefined) => {
      const all = [...(before ?? []), text];
      return checked(all, budgetsFrom(all, ''));
    },
  );
}

/** `--models`: globs. */
export function modelsOption(): Option {
  const description = 'only these models, such as claude-*,gpt-6';
  return new Option('--models <globs>', description).argParser((text: string) => {
    const globs = text.split(',').map((glob) => glob.trim());
    if (globs.every((glob) => glob !== '')) return globs;
    throw new InvalidArgumentError('Expected names of models such as claude-haiku-4-5 or claude-*, joined by commas.');
  });
}

/** `--expires`: the command gets Unix milliseconds. */
export function expiresOption(): Option {
  const description = 'such as 12h, 90d or 2027-06-30 (default: never)';
  return new Option('--expires <when>', description).argParser((text: string) => {
    const at = expiryFrom(text, Date.now());
    if (at !== null) return at;
    throw new InvalidArgumentError('Expected a time that is to come, such as 12h, 90d or 2027-06-30.');
  });
}

/** Unix milliseconds; null for what is no time to come. A day lasts to its end, in the machine's time zone. */
function expiryFrom(text: string, now: number): number | null {
  const days = /^([1-9]\d{0,4})d$/u.exec(text)?.[1];
  const at = days === undefined ? momentFrom(text, now) : now + Number(days) * aDayMs;
  return at !== null && at > now && at < 8e15 ? at : null;
}

function momentFrom(text: string, now: number): number | null {
  if (dayText.test(text)) {
    const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
    const next = new Date(year, month - 1, day + 1);
    const isDay = new Date(year, month - 1, day).getDate() === day;
    return isDay ? next.getTime() : null;
  }
  const ms = /[a-z]$/u.test(text) ? durationMs(text) : null;
  return ms === null ? null : now + ms;
}

/** `--count`. */
export function countOption(): Option {
  return new Option('--count <n>', 'so many keys, with the name and a number each')
    .default(1)
    .argParser((text: string) => {
      const count = /^[1-9]\d{0,6}$/u.test(text) ? Number(text) : NaN;
      if (count <= maxKeys) return count;
      throw new InvalidArgumentError(`Expected a whole number from 1 to ${maxKeys}.`);
    });
}

/** A name for keys, or of one. */
export function keyNameFrom(text: string): string {
  if (keyName.test(text)) return text;
  throw new InvalidArgumentError('Expected at most 64 letters, digits, dots, dashes and underscores.');
}

function checked<Value>(value: Value, parsed: object): Value {
  if (!('problem' in parsed)) return value;
  throw new InvalidArgumentError(`${String(parsed.problem)}.`);
}
