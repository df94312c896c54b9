import type { ProxyError } from './errors.ts';
import type { Outcome } from './record.ts';

const byCode: Readonly<Record<string, Outcome>> = {
  upstream_unreachable: 'upstream_unreachable',
  upstream_tls: 'upstream_unreachable',
  upstream_protocol: 'upstream_protocol',
  upstream_redirect: 'upstream_protocol',
  upstream_truncated: 'upstream_truncated',
  upstream_timeout: 'upstream_timeout',
  circuit_open: 'rejected_circuit',
  rate_limited: 'rejected_rate',
  budget_exhausted: 'rejected_budget',
  forbidden_model: 'rejected_auth',
  overloaded: 'rejected_overload',
  draining: 'shutdown_cut',
  unauthorized: 'rejected_auth',
  forbidden_origin: 'rejected_origin',
  internal: 'internal_error',
};

/** How an exchange ended that ended with an error of ours. */
export function outcomeOfError(error: ProxyError): Outcome {
  return byCode[error.code] ?? 'rejected_invalid';
}

const ours: ReadonlySet<Outcome> = new Set([
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_protocol',
  'upstream_truncated',
  'rejected_origin',
  'rejected_circuit',
  'rejected_overload',
  'rejected_invalid',
  'internal_error',
  'shutdown_cut',
  'crash_unknown',
] satisfies Outcome[]);

/**
 * Whether the client got an error of ours: neither what the provider answered, nor a refusal that the user configured
 * (a key that is asked for), nor a client that left.
 */
export function isError(outcome: Outcome | null): boolean {
  return outcome !== null && ours.has(outcome);
}
