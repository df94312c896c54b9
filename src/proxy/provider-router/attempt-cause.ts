import type { ProxyError } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { AttemptCause } from '../record.ts';
import { isDeclined } from '../stream-error.ts';

const byCode: Readonly<Record<string, AttemptCause>> = {
  upstream_unreachable: 'connect',
  upstream_tls: 'connect',
  upstream_timeout: 'timeout',
  upstream_protocol: '5xx',
  upstream_redirect: '5xx',
  upstream_truncated: '5xx',
  circuit_open: 'open',
  overloaded: 'overloaded',
  rate_limited: '429',
};

/** Why an error of ours ended an attempt; null where the next target would fare no better. */
export function causeOfError({ code }: ProxyError): AttemptCause | null {
  return byCode[code] ?? null;
}

/** Why a status ended an attempt; null for one that may still be a good answer. */
export function causeOfStatus(status: number): AttemptCause | null {
  if (status === 429) return '429';
  if (status === 529) return 'overloaded';
  return status >= 500 || status === 408 ? '5xx' : null;
}

/** Why an error that is a stream's first event ended an attempt. */
export function causeOfStreamError(error: JsonObject): AttemptCause | null {
  const names = [error['type'], error['code'], error['status']];
  if (names.includes('overloaded_error')) return 'overloaded';
  if (names.some((name) => /^(?:rate_limit|resource_exhausted)/i.test(String(name)))) return '429';
  return isDeclined(error) ? null : '5xx';
}

/**
 * Whether a 429 says that the account has nothing left, and not that it should be slower: OpenAI's code
 * `insufficient_quota`, Anthropic's `billing_error`.
 */
export function isQuota(body: Buffer): boolean {
  const error = errorIn(body);
  if (error === null) return false;
  const names = [error['type'], error['code']];
  return names.includes('insufficient_quota') || names.includes('billing_error');
}

/**
 * Whether an error's body says that the request is too long for the model: Anthropic's `prompt is too long`, OpenAI's
 * code `context_length_exceeded`, Gemini's `input token count … exceeds the maximum`.
 */
export function isContextLength(body: Buffer): boolean {
  const error = errorIn(body);
  if (error === null) return false;
  if (error['code'] === 'context_length_exceeded') return true;
  const { message } = error;
  if (typeof message !== 'string') return false;
  return /prompt is too long|maximum context length|token count.{0,80}exceeds the maximum|exceeds? the context window/i.test(
    message,
  );
}

function errorIn(body: Buffer): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    const of = Array.isArray(parsed) ? (parsed[0] as unknown) : parsed;
    return isObject(of) && isObject(of['error']) ? of['error'] : null;
  } catch {
    return null;
  }
}
