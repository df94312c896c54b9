import type { Change } from './breaker.ts';

export type Scope = 'provider' | 'model';

/** `late`: it was answered, or failed, after it had lost its lease. */
export type ProbeResult = 'success' | 'alive' | 'failure' | 'neutral' | 'late';

interface TransitionCount extends Change {
  readonly scope: Scope;
  count: number;
}

/** What has happened at one provider since the start. Its models are counted together: clients choose their names. */
export interface CountsJson {
  readonly transitions: readonly Readonly<TransitionCount>[];
  /** Requests that were not let pass. */
  readonly rejected: number;
  /** By `5xx`, `408`, or the code of the error. */
  readonly failures: Readonly<Record<string, number>>;
  readonly probes: Readonly<Record<ProbeResult, number>>;
  readonly slow: number;
}

export class Counts {
  readonly #transitions = new Map<string, TransitionCount>();
  readonly #failures = new Map<string, number>();
  readonly #probes = { success: 0, alive: 0, failure: 0, neutral: 0, late: 0 };
  rejected = 0;
  slow = 0;

  changed(scope: Scope, change: Change): void {
    const key = `${scope} ${change.from} ${change.to} ${change.reason}`;
    const known = this.#transitions.get(key);
    if (known) known.count++;
    else this.#transitions.set(key, { scope, ...change, count: 1 });
  }

  failed(code: string): void {
    const failureClass = /^5\d\d$/.test(code) ? '5xx' : code;
    this.#failures.set(failureClass, (this.#failures.get(failureClass) ?? 0) + 1);
  }

  probed(result: ProbeResult): void {
    this.#probes[result]++;
  }

  toJson(): CountsJson {
    return {
      transitions: [...this.#transitions.values()].map((transition) => ({ ...transition })),
      rejected: this.rejected,
      failures: Object.fromEntries(this.#failures),
      probes: { ...this.#probes },
      slow: this.slow,
    };
  }
}
