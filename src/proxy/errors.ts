/** What a client should do about an error: come back (after so many seconds), never come back, or decide by itself. */
type RetryAdvice = 'client decides' | 'never' | { readonly afterSeconds: number };

interface ErrorKind {
  /** What stands in `x-tokenpak-error` where several kinds share one code. */
  readonly code?: string;
  readonly means: string;
  readonly status: number;
  readonly anthropicType: string;
  readonly openaiType: string;
  readonly geminiStatus: string;
  readonly retry: RetryAdvice;
  /** The connection is closed behind the answer: what follows on it cannot be trusted, or nobody should go on using it. */
  readonly close?: true;
}

const upstream = { anthropicType: 'api_error', openaiType: 'server_error', geminiStatus: 'UNAVAILABLE' } as const;
const busy = { ...upstream, anthropicType: 'overloaded_error' } as const;
const invalid = {
  anthropicType: 'invalid_request_error',
  openaiType: 'invalid_request_error',
  geminiStatus: 'INVALID_ARGUMENT',
  retry: 'never',
} as const;
const limited = { anthropicType: 'rate_limit_error', geminiStatus: 'RESOURCE_EXHAUSTED', status: 429 } as const;
const denied = { ...invalid, anthropicType: 'permission_error', geminiStatus: 'PERMISSION_DENIED' } as const;

/**
 * Every error that tokenpak itself answers with. The codes are API: they stand in `x-tokenpak-error` and in the docs.
 * Types are those that each provider's own SDK maps to its exception classes.
 */
export const errorKinds = {
  upstream_unreachable: {
    means: 'no connection to the provider, or it broke before an answer',
    ...upstream,
    status: 502,
    retry: 'client decides',
  },
  upstream_protocol: {
    means: 'the provider did not answer with valid HTTP, or with a page where JSON was due',
    ...upstream,
    status: 502,
    retry: 'client decides',
  },
  upstream_truncated: { means: 'the provider broke off its answer', ...upstream, status: 502, retry: 'client decides' },
  upstream_redirect: {
    means: 'the provider answered with a redirect, which is not followed: a key could go astray',
    ...upstream,
    status: 502,
    retry: 'never',
  },
  upstream_tls: { means: 'the provider has no certificate that is trusted', ...upstream, status: 502, retry: 'never' },
  upstream_timeout: {
    means: 'the provider did not accept, answer or go on in time',
    anthropicType: 'timeout_error',
    openaiType: 'server_error',
    geminiStatus: 'DEADLINE_EXCEEDED',
    status: 504,
    retry: 'client decides',
  },
  circuit_open: {
    means: 'the provider has failed again and again, and is left alone for a while',
    ...busy,
    status: 503,
    retry: 'client decides',
  },
  rate_limited: {
    means: 'more requests or tokens than a limit of yours allows',
    ...limited,
    openaiType: 'rate_limit_error',
    retry: 'client decides',
  },
  budget_exhausted: {
    means: 'a budget of yours has no room for the request',
    ...limited,
    openaiType: 'insufficient_quota',
    retry: 'never',
  },
  forbidden_model: { means: 'the access key does not allow the model, or not for certain', ...denied, status: 403 },
  overloaded: { means: 'too much is in flight already', ...busy, status: 503, retry: { afterSeconds: 1 } },
  draining: { means: 'tokenpak is stopping', ...busy, status: 503, retry: { afterSeconds: 2 }, close: true },
  invalid_request: { means: 'the request cannot be understood or routed', ...invalid, status: 400 },
  bad_framing: {
    means: 'the request is not valid HTTP, or ambiguous',
    ...invalid,
    code: 'invalid_request',
    status: 400,
    close: true,
  },
  unauthorized: {
    means: 'no key for the provider, or an access key that is missing, not known or no longer valid',
    anthropicType: 'authentication_error',
    openaiType: 'invalid_request_error',
    geminiStatus: 'UNAUTHENTICATED',
    status: 401,
    retry: 'never',
  },
  forbidden_origin: { means: 'the request comes from a web page', ...denied, status: 403 },
  forbidden_host: {
    means: 'the request is addressed to a name that is not tokenpak’s',
    ...denied,
    code: 'forbidden_origin',
    status: 421,
  },
  not_found: {
    means: 'no such path',
    ...invalid,
    anthropicType: 'not_found_error',
    geminiStatus: 'NOT_FOUND',
    status: 404,
  },
  method: { means: 'the path does not take this method', ...invalid, status: 405 },
  slow_request: {
    means: 'the request did not arrive in time',
    ...invalid,
    anthropicType: 'timeout_error',
    status: 408,
    retry: 'client decides',
    close: true,
  },
  too_large: {
    means: 'the body is larger than the limit',
    ...invalid,
    anthropicType: 'request_too_large',
    status: 413,
    close: true,
  },
  unsupported_media: { means: 'the content type is not one that this path takes', ...invalid, status: 415 },
  expectation: { means: 'an expectation other than 100-continue', ...invalid, status: 417, close: true },
  upgrade: { means: 'WebSockets are not served', ...invalid, status: 426, close: true },
  headers_too_large: { means: 'too many or too large headers', ...invalid, status: 431, close: true },
  internal: {
    means: 'a fault of tokenpak’s own',
    ...upstream,
    geminiStatus: 'INTERNAL',
    status: 500,
    retry: 'client decides',
  },
  unsupported_framing: {
    means: 'a transfer coding other than chunked',
    ...invalid,
    code: 'invalid_request',
    status: 501,
    close: true,
  },
  loop: { means: 'the provider is this proxy itself', ...upstream, status: 508, retry: 'never' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorName = keyof typeof errorKinds;

interface ErrorDetails {
  readonly cause?: unknown;
  /** For 405: the methods that the path knows. */
  readonly allow?: readonly string[];
  /** When to come back, where that is known only now. Whole seconds. */
  readonly retryAfterSeconds?: number;
  /** It says nothing of the provider's health: a deadline that the user made shorter. */
  readonly isNeutral?: boolean;
  /** What the limit that refused would say in the dialect's own headers. */
  readonly quota?: QuotaFacts;
}

/** The state of a limit, for the rate-limit headers of each dialect. */
export interface QuotaFacts {
  readonly unit: 'requests' | 'tokens';
  readonly limit: number;
  readonly remaining: number;
  /** Until it is full again, in milliseconds. */
  readonly resetMs: number;
  /** The same as a moment, Unix milliseconds. */
  readonly resetAt: number;
}

/** An error of ours, thrown anywhere and rendered once, in the client's dialect. Its message goes to the client. */
export class ProxyError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly allow: readonly string[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly isNeutral: boolean;
  readonly quota: QuotaFacts | undefined;

  constructor(name: ErrorName, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'ProxyError';
    this.kind = errorKinds[name];
    this.code = this.kind.code ?? name;
    this.allow = details.allow;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.isNeutral = details.isNeutral ?? false;
    this.quota = details.quota;
  }
}

/** Whatever was thrown, as an error that can be answered. A programming error tells the client nothing but that. */
export function toProxyError(thrown: unknown): ProxyError {
  if (thrown instanceof ProxyError) return thrown;
  return new ProxyError('internal', 'tokenpak failed on this request; its log says why', { cause: thrown });
}
