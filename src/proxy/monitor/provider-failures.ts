import type { Outcome } from '../record.ts';

const failures: ReadonlySet<Outcome> = new Set([
  'upstream_error',
  'upstream_stream_error',
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_protocol',
  'upstream_truncated',
] satisfies Outcome[]);

/** Whether a call failed by its provider: by its answer, or for want of one. */
export function isProviderFailure(outcome: Outcome | null): boolean {
  return outcome !== null && failures.has(outcome);
}
