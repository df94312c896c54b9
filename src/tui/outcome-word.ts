import type { Style } from './cells.ts';
import type { RequestRow } from './state.ts';

/** Why there is nothing to pay, in ten characters at most. */
const words: ReadonlyMap<string, string> = new Map(
  Object.entries({
    rejected_auth: 'no key',
    rejected_origin: 'origin',
    rejected_rate: 'rate limit',
    rejected_budget: 'budget',
    rejected_circuit: 'breaker',
    rejected_overload: 'overload',
    rejected_invalid: 'invalid',
    upstream_unreachable: 'no answer',
    upstream_timeout: 'timeout',
    upstream_protocol: 'protocol',
    upstream_truncated: 'truncated',
    upstream_stream_error: 'stream err',
    upstream_error: 'provider',
    internal_error: 'internal',
    shutdown_cut: 'shutdown',
    crash_unknown: 'crash',
    client_abort: 'left',
    client_stalled: 'stalled',
  }),
);

/** Why a request that came to nothing did so; null where it is to be judged by its price. */
export function outcomeWord({ outcome, tokens, costUsd }: RequestRow): string | null {
  if (outcome === null || outcome === 'ok') return null;
  const isRefused = outcome.startsWith('rejected_');
  const cameToNothing = tokens === null && (costUsd === null || costUsd === 0);
  return isRefused || cameToNothing ? (words.get(outcome) ?? outcome.replaceAll('_', ' ')) : null;
}

/** Answers that began well and did not end so. */
const brokenOff: ReadonlyMap<string | null, readonly [word: string, style: Style]> = new Map([
  ['upstream_truncated', ['CUT', 'bad']],
  ['upstream_stream_error', ['CUT', 'bad']],
  ['upstream_protocol', ['CUT', 'bad']],
  ['shutdown_cut', ['CUT', 'warn']],
  ['crash_unknown', ['CUT', 'bad']],
  ['client_abort', ['ABT', 'warn']],
  ['client_stalled', ['ABT', 'warn']],
]);

/** The status as it stands in a list: `...` on its way, `---` where the client left before it got one. */
export function statusWord({ status, outcome }: RequestRow): readonly [word: string, style: Style] {
  if (status === null) return ['...', 'accent'];
  if (status === 0) return ['---', 'warn'];
  const broken = status < 400 ? brokenOff.get(outcome) : undefined;
  if (broken !== undefined) return broken;
  return [String(status), status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good'];
}
