import { ProxyError } from '../errors.ts';
import type { Breaker } from './breaker.ts';

/** What a code says of a failure, for a sentence that begins with the provider. */
const causes: Readonly<Record<string, string>> = {
  upstream_unreachable: 'could not be reached',
  upstream_tls: 'showed no trusted certificate',
  upstream_timeout: 'did not answer in time',
  upstream_protocol: 'did not answer with valid HTTP',
  upstream_truncated: 'broke off its answer',
  upstream_stream_error: 'reported an error within its answer',
};

/** What a refused request is told: who is left alone, why, and for how long. */
export function refusal(provider: string, model: string | null, breaker: Breaker, now: number): ProxyError {
  const subject = model === null ? provider : `${model} of ${provider}`;
  const retryAfterSeconds = Math.max(1, Math.ceil(breaker.retryAfterMs(now) / 1000));
  return new ProxyError('circuit_open', `${subject} ${predicate(breaker, retryAfterSeconds)}`, { retryAfterSeconds });
}

function predicate({ state, lastFailure, openedBy }: Breaker, seconds: number): string {
  if (state === 'forced_open') return 'was switched off by hand';
  const why =
    openedBy === 'slow'
      ? 'too many of its answers began late'
      : `it failed too often, and at last it ${causeOf(lastFailure)}`;
  if (state === 'half_open') return `is being tried again by another request: ${why}`;
  return `is left alone for ${seconds} more ${seconds === 1 ? 'second' : 'seconds'}: ${why}`;
}

function causeOf(code: string | null): string {
  return causes[code ?? ''] ?? `answered with status ${code}`;
}
