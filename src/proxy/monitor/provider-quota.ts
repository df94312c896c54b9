import type { QuotaJson } from './snapshot.ts';

type Fact = 'used' | 'limit' | 'remaining' | 'resets';

const maxLimits = 8;
const maxValueCharacters = 40;
/** Past it, whole numbers are not exact; nobody's limit is that large. */
const maxAmount = Number.MAX_SAFE_INTEGER;
const dayMs = 86_400_000;
/** What resets later, or has reset so long ago, is no such time. */
const maxResetMs = 400 * dayMs;

// https://docs.claude.com/en/api/rate-limits; plans have `unified` limits by their window.
const anthropic = /^anthropic-ratelimit-(?:unified-)?([a-z0-9-]{1,24})-(utilization|limit|remaining|reset)$/;
// https://platform.openai.com/docs/guides/rate-limits, and those who speak as OpenAI does.
const openai = /^x-ratelimit-(limit|remaining|reset)-([a-z0-9-]{1,24})$/;

const facts: Readonly<Record<string, Fact>> = {
  utilization: 'used',
  limit: 'limit',
  remaining: 'remaining',
  reset: 'resets',
};

/**
 * A provider's own limits in the headers of an answer, 8 at most. They are foreign: what cannot be true is null.
 *
 * @param headers raw names and values
 * @param timeMs when they came, in Unix milliseconds: some say how long it is from then
 */
export function quotaIn(headers: readonly string[], timeMs: number): QuotaJson[] {
  const limits = new Map<string, Partial<Record<Fact, string>>>();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const header = headers[index]!;
    const named = header.length > 64 ? null : limitOf(header.toLowerCase());
    if (named === null) continue;
    const told = limits.get(named.name) ?? {};
    if (limits.size >= maxLimits && !limits.has(named.name)) continue;
    told[named.fact] ??= headers[index + 1]!.slice(0, maxValueCharacters + 1).trim();
    limits.set(named.name, told);
  }
  return [...limits].map(([name, told]) => quotaFrom(name, told, timeMs)).filter(isKnown);
}

function limitOf(header: string): { readonly name: string; readonly fact: Fact } | null {
  const [, ofAnthropic, anthropicFact] = anthropic.exec(header) ?? [];
  if (ofAnthropic !== undefined) return { name: ofAnthropic, fact: facts[anthropicFact!]! };
  const [, openaiFact, ofOpenai] = openai.exec(header) ?? [];
  return ofOpenai === undefined ? null : { name: ofOpenai, fact: facts[openaiFact!]! };
}

function quotaFrom(name: string, told: Partial<Record<Fact, string>>, timeMs: number): QuotaJson {
  const limit = amountFrom(told.limit);
  const remaining = amountFrom(told.remaining);
  const share = limit !== null && remaining !== null && limit > 0 ? 1 - remaining / limit : null;
  const used = shareFrom(told.used) ?? (share !== null && share >= 0 ? share : null);
  return { name, used, limit, remaining, resets: resetFrom(told.resets, timeMs) };
}

/** A time alone says nothing of a limit. */
function isKnown({ used, limit, remaining }: QuotaJson): boolean {
  return used !== null || limit !== null || remaining !== null;
}

function amountFrom(text = ''): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return value <= maxAmount ? value : null;
}

/** More than all is all: a plan may let its user go somewhat over. */
function shareFrom(text = ''): number | null {
  const value = /^\d(?:\.\d{1,20})?$/.test(text) ? Number(text) : NaN;
  return value <= 2 ? Math.min(value, 1) : null;
}

/** Seconds since 1970, an ISO time, or how long it is from now on: `7s`, `1m30s`, `250ms`. */
function resetFrom(text: string | undefined, timeMs: number): string | null {
  if (text === undefined || text === '' || text.length > maxValueCharacters) return null;
  const ms = /^\d{9,11}$/.test(text) ? Number(text) * 1000 : (spanFrom(text, timeMs) ?? dateFrom(text));
  return ms !== null && Math.abs(ms - timeMs) <= maxResetMs ? new Date(ms).toISOString() : null;
}

function dateFrom(text: string): number | null {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : null;
}

const span =
  /^(?:(\d{1,4})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?$/;

function spanFrom(text: string, timeMs: number): number | null {
  const parts = span.exec(text);
  if (parts === null) return null;
  const [days, hours, minutes, seconds, milliseconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    ...[number, number, number, number, number],
  ];
  return timeMs + days * dayMs + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + milliseconds;
}
