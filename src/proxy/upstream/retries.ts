import type { Clock } from '../clock.ts';
import type { ProxyError } from '../errors.ts';
import { neverConnected } from './failure.ts';
import { retryAdvice } from './retry-advice.ts';
import type { Sending, UpstreamCall } from './upstream-call.ts';

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
  afterFailure({ sending, waiting, diedSilently }: UpstreamCall, error: ProxyError): Again | null {
    // What we broke off ourselves has not died.
    const isSilentDeath = diedSilently && error.code === 'upstream_unreachable';
    const isUnsent = waiting === 'connection' && neverConnected(error);
    if (!isSilentDeath && !isUnsent) return null;
    if (sending.hasReconnected || sending.retries >= Math.max(1, this.#parts.terms.upstreamRetries)) return null;
    return this.#granted(sending, { waitMs: 0, onFresh: isSilentDeath, kind: 'connection' });
  }

  /** After an answer, of which nothing has been passed on yet. */
  afterAnswer({ sending }: UpstreamCall, status: number, headers: readonly Buffer[]): Again | null {
    const { terms, clock, random } = this.#parts;
    const { retries } = sending;
    if (retries >= terms.upstreamRetries || !isPassing(status)) return null;
    const advice = retryAdvice(headers, clock.wall());
    if (advice.never || advice.afterMs > maxRetryAfterMs) return null;
    const jitterMs = random() * Math.min(maxJitterMs, firstJitterMs * 3 ** retries);
    return this.#granted(sending, { waitMs: advice.afterMs + jitterMs, onFresh: false, kind: 'answer' });
  }

  /** What holds for every retry. */
  #granted({ call, body, budget, beganAt }: Sending, again: Again): Again | null {
    const { totalMs } = this.#parts.terms;
    if (body.kind === 'stream' || call.client.gone) return null;
    const leftMs = beganAt + totalMs - this.#parts.clock.now() - again.waitMs;
    if (totalMs > 0 && leftMs < minLeftMs) return null;
    return budget.take() ? again : null;
  }
}

/** A provider, or what stands before it, that cannot take the request just now. */
function isPassing(status: number): boolean {
  return status === 529 || (status >= 502 && status <= 504);
}
