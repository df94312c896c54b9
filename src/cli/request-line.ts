import type { ChalkInstance } from 'chalk';
import { count, dollars, elapsed, timeOfDay } from '../tui/format.ts';
import { plainText } from '../tui/plain-text.ts';

/** A finished request as `/events` and `/recent` tell it: the part that a line shows. */
export interface EndedRequest {
  /** ISO 8601, or Unix milliseconds. */
  readonly time: string | number;
  readonly provider: string | null;
  readonly model: string | null;
  readonly asked_model: string | null;
  readonly project: string | null;
  readonly status: number;
  readonly outcome: string | null;
  readonly tokens: { readonly input: number; readonly cache_read: number; readonly output: number } | null;
  readonly cost_usd: number | null;
  readonly exactness: string;
  readonly latency_ms: { readonly overhead: number | null; readonly total: number | null };
}

/** One aligned line for one request. Every foreign text in it is made harmless. */
export function requestLine(request: EndedRequest, color: ChalkInstance): string {
  const { tokens, latency_ms: latency } = request;
  const amounts =
    tokens === null
      ? (request.outcome ?? '').replaceAll('_', ' ')
      : `new ${column(count(tokens.input), 6)} read ${column(count(tokens.cache_read), 6)} out ${column(count(tokens.output), 6)}`;
  return [
    color.dim(timeOfDay(new Date(request.time).getTime())),
    status(request.status, color),
    column(plainText(request.provider ?? '-'), 9),
    column(plainText(request.model ?? request.asked_model ?? '-'), 26),
    column(plainText(request.project ?? ''), 10),
    column(amounts, 33),
    right(latency.total === null ? '' : elapsed(latency.total), 7),
    color.dim(`ovh ${right(latency.overhead === null ? '?' : elapsed(latency.overhead), 6)}`),
    right(cost(request), 9),
  ].join(' ');
}

/** An estimate says that it is one. */
function cost({ cost_usd: usd, exactness }: EndedRequest): string {
  return `${exactness === 'estimated' ? '~' : ''}${dollars(usd)}`;
}

function status(code: number, color: ChalkInstance): string {
  // The client left before it got one.
  if (code === 0) return color.yellow('---');
  const paint = code >= 500 ? color.red : code >= 400 ? color.yellow : color.green;
  return paint(String(code));
}

function column(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

function right(text: string, width: number): string {
  return text.padStart(width);
}
