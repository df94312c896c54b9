import type { Cancel, Clock } from '../clock.ts';
import type { ProxyError } from '../errors.ts';
import type { Load } from './load.ts';
import type { CapacityOptions } from './options.ts';

const sweepMs = 100;

/** Who asks for a place. Exactly one of the two is called; each `enter` owes one `leave`. */
export interface Applicant {
  readonly enter: () => void;
  readonly refuse: (error: ProxyError) => void;
}

/** Holds the number of exchanges in flight. Who comes last is served first: its client is the likeliest to be still there. */
export class Admission {
  readonly #options: CapacityOptions;
  readonly #clock: Clock;
  readonly #load: Load;
  readonly #queue: { readonly since: number; readonly applicant: Applicant }[] = [];
  #inFlight = 0;
  #stopSweeping: Cancel | null = null;

  constructor(options: CapacityOptions, clock: Clock, load: Load) {
    this.#options = options;
    this.#clock = clock;
    this.#load = load;
  }

  /** Lets in at once, or within the queue's time, or refuses. */
  ask(applicant: Applicant): void {
    if (this.#load.pressure !== null) return applicant.refuse(this.#load.refusalUnder(this.#load.pressure));
    if (this.#inFlight < this.#options.inFlight) {
      this.#inFlight++;
      return applicant.enter();
    }
    if (this.#queue.length >= this.#options.queue) return applicant.refuse(this.#overloaded('in_flight'));
    this.#queue.push({ since: this.#clock.now(), applicant });
    this.#stopSweeping ??= this.#clock.every(sweepMs, () => this.#sweep());
  }

  leave(): void {
    const next = this.#queue.pop();
    if (next) next.applicant.enter();
    else this.#inFlight--;
  }

  /** Takes out who waits no longer. */
  withdraw(applicant: Applicant): void {
    const at = this.#queue.findIndex((waiting) => waiting.applicant === applicant);
    if (at >= 0) this.#queue.splice(at, 1);
  }

  #sweep(): void {
    const now = this.#clock.now();
    const { queueMs } = this.#options;
    // Nobody waits longer than that, though it is only looked at now and then.
    while (this.#queue[0] && now - this.#queue[0].since > queueMs - sweepMs) {
      this.#queue.shift()?.applicant.refuse(this.#overloaded('queue'));
    }
    if (this.#queue.length > 0) return;
    this.#stopSweeping?.();
    this.#stopSweeping = null;
  }

  #overloaded(reason: 'in_flight' | 'queue'): ProxyError {
    return this.#load.refusal(reason, `${this.#options.inFlight} requests are already in flight`);
  }
}
