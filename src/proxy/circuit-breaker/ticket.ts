import type { Ended, Verdict } from './breaker.ts';

/** What a request is admitted with. Only the first `settle` counts. */
export interface BreakerTicket {
  /** The circuit lets nobody else pass until this request has been answered or has ended. */
  readonly isProbe: boolean;
  /** The probe has begun to be answered: the circuit closes, and what is still to come counts as with any request. */
  readonly answered: () => void;
  /** @param code a status, or a code of ours: never text of the provider */
  readonly settle: (verdict: Verdict, code: string, isSlow?: boolean) => void;
}

/** Who gave out a ticket. */
export interface TicketOwner {
  readonly answered: (ticket: Ticket) => void;
  readonly settled: (ticket: Ticket, ended: Ended) => void;
}

/** A request at the circuits of its provider and of its model. */
export class Ticket implements BreakerTicket {
  readonly #owner: TicketOwner;
  readonly model: string | null;
  /** In which epoch of each circuit it counts. */
  providerEpoch: number;
  modelEpoch: number;
  isProviderProbe = false;
  isModelProbe = false;
  #isSettled = false;

  constructor(owner: TicketOwner, model: string | null, providerEpoch: number, modelEpoch: number) {
    this.#owner = owner;
    this.model = model;
    this.providerEpoch = providerEpoch;
    this.modelEpoch = modelEpoch;
  }

  get isProbe(): boolean {
    return this.isProviderProbe || this.isModelProbe;
  }

  answered(): void {
    if (this.isProbe && !this.#isSettled) this.#owner.answered(this);
  }

  settle(verdict: Verdict, code: string, isSlow = false): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#owner.settled(this, { verdict, code, isSlow });
  }
}
