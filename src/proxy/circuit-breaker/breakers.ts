import type { BreakerState } from './breaker.ts';
import type { BreakerOptions } from './options.ts';
import { ProviderCircuit, type CircuitCounts, type CircuitStatus, type Transition } from './provider-circuit.ts';
import { termsOf, type BreakerTerms } from './terms.ts';
import type { BreakerTicket } from './ticket.ts';

export interface BreakersParts {
  readonly options: BreakerOptions;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** At least 0, less than 1: spreads the recovery times. */
  readonly random?: () => number;
  /** Is told of each transition as it happens. It must not throw. */
  readonly changed: (transition: Transition) => void;
  /** The configured names: these are shown before their first request, and only these can be forced. All, where left out. */
  readonly providers?: () => readonly string[];
}

/** The circuits of all providers and their models. They live as long as the proxy. */
export interface Breakers {
  /** False where the options say that no provider is ever left alone; then nothing is refused or counted. */
  readonly enabled: boolean;
  readonly terms: BreakerTerms;
  /** Throws a `circuit_open` where the provider or the model may not be asked now. */
  readonly admit: (provider: string, model: string | null) => BreakerTicket;
  /** Whether a request would be admitted now; it takes no lease. */
  readonly allows: (provider: string, model: string | null) => boolean;
  /** The worse of the provider's state and the model's. */
  readonly state: (provider: string, model: string | null) => BreakerState;
  /** 0 where a request would be admitted now. */
  readonly retryAfterMs: (provider: string, model: string | null) => number;
  /** What is open stays so for the time it was given; another window, or switching all off or on, forgets everything. */
  readonly configure: (options: BreakerOptions) => void;
  /** Forgets what is known of a provider, for one thing when its configuration has changed; what was forced stays. */
  readonly reset: (provider: string) => void;
  /** @param name a provider, or `provider/model`. False where there is no such provider, all is switched off, or too many models are forced. */
  readonly force: (name: string, to: 'open' | 'close' | 'auto') => boolean;
  /** By provider; empty where all is switched off. */
  readonly status: () => Record<string, CircuitStatus>;
  /** By provider, since the start. */
  readonly counters: () => Record<string, CircuitCounts>;
}

export function createBreakers(parts: BreakersParts): Breakers {
  return new AllBreakers(parts);
}

class AllBreakers implements Breakers {
  readonly #parts: BreakersParts;
  /** Providers stand in the configuration, so their number needs no limit here. */
  readonly #circuits = new Map<string, ProviderCircuit>();
  #lastEpoch = 0;
  enabled: boolean;
  terms: BreakerTerms;

  constructor(parts: BreakersParts) {
    this.#parts = parts;
    this.enabled = parts.options.enabled;
    this.terms = termsOf(parts.options);
  }

  #circuit(provider: string): ProviderCircuit {
    let circuit = this.#circuits.get(provider);
    if (!circuit) this.#circuits.set(provider, (circuit = this.#newCircuit(provider)));
    return circuit;
  }

  #newCircuit(provider: string): ProviderCircuit {
    const { now, changed, random = Math.random } = this.#parts;
    return new ProviderCircuit(provider, {
      now,
      random,
      changed,
      terms: () => this.terms,
      nextEpoch: () => ++this.#lastEpoch,
    });
  }

  admit(provider: string, model: string | null): BreakerTicket {
    return this.#circuit(provider).admit(model);
  }

  allows(provider: string, model: string | null): boolean {
    return this.retryAfterMs(provider, model) === 0;
  }

  state(provider: string, model: string | null): BreakerState {
    return this.enabled ? (this.#circuits.get(provider)?.state(model) ?? 'closed') : 'closed';
  }

  retryAfterMs(provider: string, model: string | null): number {
    return this.enabled ? (this.#circuits.get(provider)?.retryAfterMs(model) ?? 0) : 0;
  }

  configure(options: BreakerOptions): void {
    const { windowMs } = this.terms;
    const wasEnabled = this.enabled;
    this.enabled = options.enabled;
    this.terms = termsOf(options);
    if (this.terms.windowMs === windowMs && this.enabled === wasEnabled) return;
    for (const circuit of this.#circuits.values()) circuit.reset();
  }

  reset(provider: string): void {
    this.#circuits.get(provider)?.reset();
  }

  force(name: string, to: 'open' | 'close' | 'auto'): boolean {
    const slash = name.indexOf('/');
    const provider = slash < 0 ? name : name.slice(0, slash);
    const known = this.#parts.providers?.();
    if (!this.enabled || (known && !known.includes(provider))) return false;
    return this.#circuit(provider).force(slash < 0 ? null : name.slice(slash + 1), to);
  }

  status(): Record<string, CircuitStatus> {
    if (!this.enabled) return {};
    return this.#named((circuit) => circuit.status());
  }

  counters(): Record<string, CircuitCounts> {
    return this.#named((circuit) => circuit.counts());
  }

  #named<Facts>(factsOf: (circuit: ProviderCircuit) => Facts): Record<string, Facts> {
    const names = this.#parts.providers?.() ?? [...this.#circuits.keys()];
    return Object.fromEntries(names.map((name) => [name, factsOf(this.#circuit(name))]));
  }
}
