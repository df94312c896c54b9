import { LRUCache } from 'lru-cache';
import type { Breaker, BreakerStatus } from './breaker.ts';

const maxModels = 256;
/** What is no printable name of reasonable length has no circuit of its own: clients choose them. */
const name = /^[\x20-\x7e]{1,128}$/;

/**
 * The circuits of a provider's models. One is made when the first request for its model succeeds or fails: a made-up name,
 * which the provider only ever declines, gets none.
 */
export class ModelBreakers {
  readonly #make: (model: string, epoch: number) => Breaker;
  readonly #nextEpoch: () => number;
  readonly #breakers = new LRUCache<string, Breaker>({ max: maxModels });
  /** Kept apart: what the user has forced must not make room for anything. */
  readonly #forced = new Map<string, Breaker>();
  #epoch: number;

  constructor(make: (model: string, epoch: number) => Breaker, nextEpoch: () => number) {
    this.#make = make;
    this.#nextEpoch = nextEpoch;
    this.#epoch = nextEpoch();
  }

  /** The epoch of a model that has no circuit yet. */
  get epoch(): number {
    return this.#epoch;
  }

  get(model: string | null): Breaker | undefined {
    if (model === null) return undefined;
    return (this.#forced.size > 0 ? this.#forced.get(model) : undefined) ?? this.#breakers.get(model);
  }

  /** The circuit in which a request of that epoch counts, made if need be; undefined where there is none. */
  forResult(model: string | null, epoch: number): Breaker | undefined {
    const known = this.get(model);
    if (known || model === null || epoch !== this.#epoch || !name.test(model)) return known;
    const made = this.#make(model, epoch);
    this.#breakers.set(model, made);
    return made;
  }

  force(model: string, to: 'open' | 'close' | 'auto', now: number): boolean {
    const forced = this.#forced.get(model);
    if (to === 'auto') {
      forced?.force('auto', now);
      if (this.#forced.delete(model) && forced) this.#breakers.set(model, forced);
      return true;
    }
    if (!forced && (this.#forced.size >= maxModels || !name.test(model))) return false;
    const breaker = forced ?? this.#breakers.get(model) ?? this.#make(model, this.#epoch);
    this.#breakers.delete(model);
    this.#forced.set(model, breaker);
    breaker.force(to, now);
    return true;
  }

  /** Closes and forgets all that the user has not forced. */
  clear(now: number): void {
    for (const breaker of this.#breakers.values()) breaker.reset(now);
    this.#breakers.clear();
    this.#epoch = this.#nextEpoch();
  }

  notClosed(now: number): Record<string, BreakerStatus> {
    const all = [...this.#forced, ...this.#breakers.entries()];
    const statuses = all.map(([model, breaker]) => [model, breaker.status(now)] as const);
    return Object.fromEntries(statuses.filter(([, { state }]) => state !== 'closed'));
  }
}
