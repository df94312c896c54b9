import type { ProxyError } from '../errors.ts';
import type { Outcome } from '../record.ts';
import type { Verdict } from './breaker.ts';

/** What an error says that came instead of a reply. */
export function verdictOfError(error: ProxyError, isProbe: boolean): Verdict {
  const { code } = error;
  // The probe's own deadline is shorter than that of other requests, and its passing is the probe's failure.
  if (error.isNeutral && !(isProbe && code === 'upstream_timeout')) return 'neutral';
  if (code === 'upstream_redirect') return 'alive';
  return code.startsWith('upstream_') ? 'failure' : 'neutral';
}

/** What a status says by itself; null where the body has to be awaited. */
export function verdictOfStatus(status: number): Verdict | null {
  if (status < 400) return null;
  return status >= 500 || status === 408 ? 'failure' : 'alive';
}

/** What the end of a reply says whose status promised well. An error that the provider reported in its stream is judged apart. */
export function verdictOfOutcome(outcome: Outcome, isNeutral: boolean): Verdict {
  switch (outcome) {
    case 'ok':
      return 'success';
    case 'upstream_timeout':
      return isNeutral ? 'neutral' : 'failure';
    case 'upstream_stream_error':
    case 'upstream_unreachable':
    case 'upstream_protocol':
    case 'upstream_truncated':
      return 'failure';
    default:
      return 'neutral';
  }
}
