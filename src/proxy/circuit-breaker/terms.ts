import type { BreakerOptions } from './options.ts';

/** The options as the circuits count with them: milliseconds. */
export interface BreakerTerms {
  readonly failures: number;
  readonly windowMs: number;
  readonly recoveryMs: number;
  /** Never less than `recoveryMs`; the same where recovery times do not grow. */
  readonly maxRecoveryMs: number;
  readonly minFailureRatio: number;
  readonly probeMs: number;
  readonly slowMs: number;
  /** Null where slowness opens nothing. */
  readonly slowRatio: number | null;
}

export function termsOf(options: BreakerOptions): BreakerTerms {
  const recoveryMs = options.recoverySeconds * 1000;
  return {
    failures: options.failures,
    windowMs: options.windowSeconds * 1000,
    recoveryMs,
    maxRecoveryMs: options.growth ? Math.max(recoveryMs, options.maxRecoverySeconds * 1000) : recoveryMs,
    minFailureRatio: options.minFailureRatio,
    probeMs: options.probeSeconds * 1000,
    slowMs: options.slowMs,
    slowRatio: options.slowRatio === 'off' ? null : options.slowRatio,
  };
}
