/** What a user changes in a running proxy, over its control socket. Nothing of it is kept beyond the run unless it says so. */
export type Change = BreakerChange;

/** @param name a provider, or `provider/model` */
interface BreakerChange {
  readonly kind: 'breaker';
  readonly name: string;
  /** `auto`: as its requests go. */
  readonly to: 'open' | 'close' | 'auto';
}

/** Null, or what is wrong with the change, in words for the user; then nothing has changed. */
export type ChangeProblem = string | null;
