import { describe, expect, it } from 'vitest';
import { isError } from '../outcome.ts';
import type { Outcome } from '../record.ts';
import { isProviderFailure } from './provider-failures.ts';

const judged: Record<Outcome, { error: boolean; provider: boolean }> = {
  ok: { error: false, provider: false },
  upstream_error: { error: false, provider: true },
  upstream_stream_error: { error: false, provider: true },
  upstream_unreachable: { error: true, provider: true },
  upstream_timeout: { error: true, provider: true },
  upstream_protocol: { error: true, provider: true },
  upstream_truncated: { error: true, provider: true },
  client_abort: { error: false, provider: false },
  client_stalled: { error: false, provider: false },
  rejected_auth: { error: false, provider: false },
  rejected_origin: { error: true, provider: false },
  rejected_rate: { error: false, provider: false },
  rejected_budget: { error: false, provider: false },
  rejected_circuit: { error: true, provider: false },
  rejected_overload: { error: true, provider: false },
  rejected_invalid: { error: true, provider: false },
  internal_error: { error: true, provider: false },
  shutdown_cut: { error: true, provider: false },
  crash_unknown: { error: true, provider: false },
};

describe('an outcome', () => {
  for (const [outcome, { error, provider }] of Object.entries(judged) as [
    Outcome,
    { error: boolean; provider: boolean },
  ][]) {
    it(`${outcome} is ${error ? 'an' : 'no'} error of ours and ${provider ? 'a' : 'no'} failure of the provider`, () => {
      expect(isError(outcome)).toBe(error);
      expect(isProviderFailure(outcome)).toBe(provider);
    });
  }

  it('that is not known yet is neither', () => {
    expect(isError(null)).toBe(false);
    expect(isProviderFailure(null)).toBe(false);
  });
});
