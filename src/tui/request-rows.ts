import type { AttemptRow, RequestRow } from './state.ts';
import type { TokensJson } from '../proxy/monitor/snapshot.ts';

/** Names are the client's own: of a longer one, this much is kept. */
const maxNameCharacters = 256;
const maxAttempts = 8;
/** The year 10000: no date shows what is later. */
const maxTimeMs = 253_402_300_800_000;

type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads `started`, `ended`, or a member of `/recent`; null where it is no request. Nothing that is sent makes it throw. */
export function requestRow(json: unknown): RequestRow | null {
  if (!isObject(json)) return null;
  const time = timeFrom(json.time);
  const id = name(json.id);
  if (id === null || time === null) return null;
  const latency = isObject(json.latency_ms) ? json.latency_ms : {};
  return {
    id,
    time,
    provider: name(json.provider),
    model: name(json.model) ?? name(json.asked_model),
    project: name(json.project),
    session: name(json.session),
    agent: name(json.agent),
    key: name(json.key),
    stream: json.stream === true,
    status: integer(json.status),
    outcome: name(json.outcome),
    tokens: tokensFrom(json.tokens),
    costUsd: amount(json.cost_usd),
    exactness: name(json.exactness),
    cache: name(json.cache),
    attempts: attemptsFrom(json.attempts),
    overheadMs: amount(latency.overhead),
    firstByteMs: amount(latency.first_byte),
    totalMs: amount(latency.total),
  };
}

/** What `progress` tells of a request; null where it tells nothing. */
export interface Progress {
  readonly id: string;
  readonly tokens: TokensJson | null;
  readonly costUsd: number | null;
}

export function progressFrom(json: unknown): Progress | null {
  if (!isObject(json)) return null;
  const id = name(json.id);
  return id === null ? null : { id, tokens: tokensFrom(json.tokens), costUsd: amount(json.cost_usd) };
}

/** A text with something in it, cut; null for all else. */
export function name(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, maxNameCharacters) : null;
}

/** Unix milliseconds of an ISO time; null for all else. */
export function timeFrom(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : NaN;
  return time >= 0 && time < maxTimeMs ? time : null;
}

/** A number that is not negative; null for all else. */
export function amount(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : null;
}

function integer(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

function tokensFrom(json: unknown): TokensJson | null {
  if (!isObject(json)) return null;
  const count = (value: unknown): number => integer(value) ?? 0;
  return {
    input: count(json.input),
    cache_read: count(json.cache_read),
    cache_write: count(json.cache_write),
    cache_write_1h: count(json.cache_write_1h),
    output: count(json.output),
    reasoning: count(json.reasoning),
  };
}

function attemptsFrom(json: unknown): AttemptRow[] {
  if (!Array.isArray(json)) return [];
  return json.slice(0, maxAttempts).flatMap((attempt: unknown) => {
    const provider = isObject(attempt) ? name(attempt.provider) : null;
    if (!isObject(attempt) || provider === null) return [];
    const { status, outcome, ms, cause } = attempt;
    return [{ provider, status: integer(status), outcome: name(outcome), ms: amount(ms) ?? 0, cause: name(cause) }];
  });
}
