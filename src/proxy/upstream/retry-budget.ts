/** All is counted in fifths of a retry, so that whole numbers stay whole: each request saves one, a retry costs five. */
const perRetry = 5;
const most = 10 * perRetry;
const perMs = 1 / 1000;

/**
 * How many attempts may be repeated at one provider: a fifth of its requests. What has been saved while the provider
 * answers, by requests and by the time that passes, allows up to ten at once. It is void with the first that fails too,
 * until as many requests have come as would have paid for them: so a provider that is down sees 1.2 requests for each of
 * ours, and not what was saved in better times on top.
 */
export class RetryBudget {
  readonly #now: () => number;
  #fifths = 0;
  #savedAt = 0;
  /** What an outage is charged with: requests and retries since the provider's last answer. */
  #requests = 0;
  #retries = 0;
  #state: 'never answered' | 'answers' | 'fails' = 'never answered';
  #taken = 0;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Retries that may be made at once. */
  get left(): number {
    this.#save();
    return Math.max(0, this.#fifths / perRetry);
  }

  /** Retries made so far. */
  get taken(): number {
    return this.#taken;
  }

  /** A request is on its way, whatever becomes of it. */
  admitted(): void {
    this.#requests++;
    if (this.#fifths < most) this.#fifths++;
  }

  /** The provider has answered, and not with a failure of its own. */
  answered(): void {
    this.#requests = 0;
    this.#retries = 0;
    if (this.#state === 'answers') return;
    // Until it answers for the first time it may be down, and then nothing but its requests pays for retries.
    this.#fifths = this.#state === 'never answered' ? most : Math.max(0, this.#fifths);
    this.#state = 'answers';
    this.#savedAt = this.#now();
  }

  /** An attempt has failed. */
  failed(wasRetry: boolean): void {
    this.#save();
    if (this.#state === 'answers') this.#state = 'fails';
    if (wasRetry) this.#fifths = Math.min(this.#fifths, this.#requests - this.#retries * perRetry);
  }

  /** Pays for a retry, or says that it cannot be afforded. */
  take(): boolean {
    this.#save();
    if (this.#fifths < perRetry) return false;
    this.#fifths -= perRetry;
    this.#retries++;
    this.#taken++;
    return true;
  }

  #save(): void {
    if (this.#state !== 'answers') return;
    const now = this.#now();
    this.#fifths = Math.min(most, this.#fifths + (now - this.#savedAt) * perMs);
    this.#savedAt = now;
  }
}

/** What a provider's budget has come to, for the metrics. */
export interface RetryBudgetLevel {
  readonly provider: string;
  /** Retries that may be made at once. */
  readonly left: number;
  /** Retries made so far. */
  readonly taken: number;
}

/** A budget for each provider at its address. */
export interface RetryBudgets {
  readonly of: (target: { readonly provider: string; readonly origin: string }) => RetryBudget;
  readonly levels: () => RetryBudgetLevel[];
}

/** @param now monotonic milliseconds */
export function createRetryBudgets(now: () => number): RetryBudgets {
  const budgets = new Map<string, { readonly origin: string; readonly budget: RetryBudget }>();
  return {
    of({ provider, origin }) {
      const known = budgets.get(provider);
      if (known?.origin === origin) return known.budget;
      // Configured anew, it is another server.
      const budget = new RetryBudget(now);
      budgets.set(provider, { origin, budget });
      return budget;
    },
    levels: () =>
      [...budgets].map(
        ([
          provider,
          {
            budget: { left, taken },
          },
        ]) => ({ provider, left, taken }),
      ),
  };
}
