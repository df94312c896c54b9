import type { RuleBuckets } from './rule-buckets.ts';

/** A request in the buckets of a rule: it is let out once, whoever is first to do so. */
export class Ticket {
  readonly #buckets: RuleBuckets;
  readonly #place: number;
  readonly #estimate: number;
  readonly #reserved: number;
  #isOver = false;

  /** Takes the request in. @param estimate the tokens that it may use; 0 where it uses none */
  constructor(buckets: RuleBuckets, place: number, estimate: number) {
    this.#buckets = buckets;
    this.#place = place;
    this.#estimate = estimate;
    this.#reserved = buckets.take(place, estimate);
  }

  /** @param used the tokens that it has used; null where nobody knows: what was taken for it is not given back then */
  leave(used: number | null, now: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const reserved = this.#reserved;
    this.#buckets.leave(this.#place, { estimate: this.#estimate, reserved, used: used ?? reserved }, now);
  }
}
