/** What a user changes in a running proxy, over its control socket. Nothing of it is kept beyond the run unless it says so. */
export type Change = BreakerChange | RegistryChange | BudgetChange;

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

/** All of it is kept. */
export type BudgetChange =
  /** `budget`: as it would stand in the configuration. */
  | { readonly kind: 'budget-set'; readonly budget: unknown }
  | { readonly kind: 'budget-remove'; readonly name: string }
  /** `once`: dollars or tokens on top, in the window that it is now. Without a subject: for each that has an account. */
  | { readonly kind: 'budget-allow'; readonly name: string; readonly subject: string | null; readonly once: number }
  | { readonly kind: 'budget-reset'; readonly name: string; readonly subject: string | null };

/** Null, or what is wrong with the change, in words for the user; then nothing has changed. */
export type ChangeProblem = string | null;
