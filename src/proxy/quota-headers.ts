import type { Dialect } from './dialect.ts';
import type { QuotaFacts } from './errors.ts';

/**
 * The state of a limit in the headers that a dialect's own provider sends: https://docs.claude.com/en/api/rate-limits
 * and https://platform.openai.com/docs/guides/rate-limits. Gemini has none.
 */
export function quotaHeaders(quota: QuotaFacts, dialect: Dialect | null): string[] {
  const { unit, limit, remaining, resetMs, resetAt } = quota;
  if (dialect === 'gemini') return [];
  if (dialect === 'openai-chat' || dialect === 'openai-responses') {
    return [
      ...[`x-ratelimit-limit-${unit}`, String(limit)],
      ...[`x-ratelimit-remaining-${unit}`, String(remaining)],
      ...[`x-ratelimit-reset-${unit}`, durationText(resetMs)],
    ];
  }
  const reset = new Date(resetAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return [
    ...[`anthropic-ratelimit-${unit}-limit`, String(limit)],
    ...[`anthropic-ratelimit-${unit}-remaining`, String(remaining)],
    ...[`anthropic-ratelimit-${unit}-reset`, reset],
  ];
}

/** As OpenAI writes durations: `250ms`, `7s`, `1m30s`, `2h0m5s`. */
function durationText(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
