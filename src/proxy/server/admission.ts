import type { Cancel, Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { CapacityOptions } from './options.ts';

/** Who asks for a place. Exactly one of the two is called; each `enter` owes one `leave`. */
export interface Applicant {
  readonly enter: () => void;
  readonly refuse: (error: ProxyError) => void;
}

/** Holds the number of exchanges in flight. Who comes last is served first: its client is the likeliest to be still there. */
export class Admission {
  readonly #options: CapacityOptions;
  readonly #clock: Clock;
  readonly #queue: { readonly since: number; readonly applicant: Applicant }[] = [];
  #inFlight = 0;
  #stopSweeping: Cancel | null = null;

  constructor(options: CapacityOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Lets in at once, or within the queue's time, or refuses. */
  ask(applicant: Applicant): void {
    if (this.#inFlight < this.#options.inFlight) {
      this.#inFlight++;
      return applicant.enter();
    }
    if (this.#queue.length >= this.#options.queue) return applicant.refuse(this.#overloaded());
    this.#queue.push({ since: this.#clock.now(), applicant });
    this.#stopSweeping ??= this.#clock.every(100, () => this.#sweep());
  }

  leave(): void {
    const next = this.#queue.pop();
    if (next) next.applicant.enter();
    else this.#inFlight--;
  }

  #sweep(): void {
    const now = this.#clock.now();
    const { queueMs } = this.#options;
    while (this.#queue[0] && now - this.#queue[0].since >= queueMs) {
      this.#queue.shift()?.applicant.refuse(this.#overloaded());
    }
    if (this.#queue.length > 0) return;
    this.#stopSweeping?.();
    this.#stopSweeping = null;
  }

  #overloaded(): ProxyError {
    return new ProxyError('overloaded', `${this.#options.inFlight} requests are already in flight`);
  }
}
