/** What a user changes in a running proxy, over its control socket. Nothing of it is kept beyond the run unless it says so. */
export type Change = BreakerChange | RegistryChange;

/** @param name a provider, or `provider/model` */
interface BreakerChange {
  readonly kind: 'breaker';
  readonly name: string;
  /** `auto`: as its requests go. */
  readonly to: 'open' | 'close' | 'auto';
}

/** The file of the access keys has changed, and is to be read again. */
interface RegistryChange {
  readonly kind: 'registry';
}

/** Null, or what is wrong with the change, in words for the user; then nothing has changed. */
export type ChangeProblem = string | null;
