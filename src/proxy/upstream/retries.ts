import type { Clock } from '../clock.ts';
import type { ProxyError } from '../errors.ts';
import { neverConnected } from './failure.ts';
import { retryAdvice } from './retry-advice.ts';
import type { UpstreamCall } from './upstream-call.ts';

/** What is left of the deadline for a whole exchange when another attempt is still worth its while. */
const minLeftMs = 1000;
const maxRetryAfterMs = 5000;
const firstJitterMs = 200;
const maxJitterMs = 2000;

export interface RetryTerms {
  /** How often a request may be repeated that a provider answered with 502, 503, 504 or 529. */
  readonly upstreamRetries: number;
  /** The deadline of a whole exchange, in milliseconds; 0 for none. */
  readonly totalMs: number;
}

export interface RetriesParts {
  readonly terms: RetryTerms;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** How another attempt is made, and when. */
export interface Again {
  readonly waitMs: number;
  /** On a connection that nobody has used before: those that are kept alive may all be dead. */
  readonly onFresh: boolean;
  readonly kind: 'connection' | 'answer';
}

/**
 * Decides whether an attempt is repeated. A provider never gets the same request twice unless it has got nothing of the
 * first, or said itself that it could not take it, and then only if the user wants that: its client tries again by itself.
 */
export class Retries {
  readonly #parts: RetriesParts;

  constructor(parts: RetriesParts) {
    this.#parts = parts;
  }

  /** After an attempt that failed without a head. */
  afterFailure(upstreamCall: UpstreamCall, error: ProxyError): Again | null {
    const { sending, waiting, diedSilently } = upstreamCall;
    // What we broke off ourselves has not died.
    const isSilentDeath = diedSilently && error.code === 'upstream_unreachable';
    const isUnsent = waiting === 'connection' && neverConnected(error);
    if (!isSilentDeath && !isUnsent) return null;
    if (sending.hasReconnected || sending.retries >= Math.max(1, this.#parts.terms.upstreamRetries)) return null;
    return this.#granted(upstreamCall, { waitMs: 0, onFresh: isSilentDeath, kind: 'connection' });
  }

  /** After an answer, of which nothing has been passed on yet. */
  afterAnswer(upstreamCall: UpstreamCall, status: number, headers: readonly Buffer[]): Again | null {
    const { terms, clock, random } = this.#parts;
    const { retries } = upstreamCall.sending;
    if (retries >= terms.upstreamRetries || !isPassing(status)) return null;
    const advice = retryAdvice(headers, clock.wall());
    if (advice.never || advice.afterMs > maxRetryAfterMs) return null;
    const jitterMs = random() * Math.min(maxJitterMs, firstJitterMs * 3 ** retries);
    return this.#granted(upstreamCall, { waitMs: advice.afterMs + jitterMs, onFresh: false, kind: 'answer' });
  }

  /** What holds for every retry. */
  #granted({ sending, triedSince }: UpstreamCall, again: Again): Again | null {
    const { call, body, budget, beganAt } = sending;
    if (body.kind === 'stream' || call.client.gone) return null;
    const beginsAt = this.#parts.clock.now() + again.waitMs;
    const { totalMs } = this.#parts.terms;
    if (totalMs > 0 && beganAt + totalMs - beginsAt < minLeftMs) return null;
    const { firstByteMs } = call.target;
    if (firstByteMs !== null && triedSince + firstByteMs <= beginsAt) return null;
    return budget.take() ? again : null;
  }
}

/** A provider, or what stands before it, that cannot take the request just now. */
function isPassing(status: number): boolean {
  return status === 529 || (status >= 502 && status <= 504);
}
