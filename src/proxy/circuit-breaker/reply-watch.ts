import type { Observer } from '../observers.ts';
import type { Outcome, RequestRecord } from '../record.ts';
import type { StreamEvent } from '../stream-events.ts';
import { errorIn, isDeclined } from '../stream-error.ts';
import type { BreakerTicket } from './ticket.ts';
import { verdictOfOutcome } from './verdict.ts';

/** An error is the last of a stream, or nearly: usage and a closing mark may follow. A power of 2. */
const keptEvents = 4;

/** Follows a reply whose status promised well, and judges it at its end. */
export class ReplyWatch implements Observer {
  readonly #ticket: BreakerTicket;
  readonly #status: number;
  readonly #isSlow: boolean;
  /** A ring. To look for an error in each event would cost more than all else here. */
  readonly #events: StreamEvent[] = [];
  #seen = 0;

  constructor(ticket: BreakerTicket, status: number, isSlow: boolean) {
    this.#ticket = ticket;
    this.#status = status;
    this.#isSlow = isSlow;
  }

  event(event: StreamEvent): void {
    this.#events[this.#seen++ & (keptEvents - 1)] = event;
    if (this.#ticket.isProbe && errorIn(event) === null) this.#ticket.answered();
  }

  ended(outcome: Outcome, record: RequestRecord): void {
    const ticket = this.#ticket;
    const wasJudgedNeutral = record.attempts.at(-1)?.isNeutral === true;
    if (outcome === 'upstream_stream_error') {
      const isAlive = wasJudgedNeutral || this.#hasDeclined();
      return ticket.settle(isAlive ? 'alive' : 'failure', outcome, this.#isSlow);
    }
    const isNeutral = !ticket.isProbe && wasJudgedNeutral;
    const code = outcome === 'ok' ? String(this.#status) : outcome;
    ticket.settle(verdictOfOutcome(outcome, isNeutral), code, this.#isSlow);
  }

  #hasDeclined(): boolean {
    return this.#events.some((event) => {
      const error = errorIn(event);
      return error !== null && isDeclined(error);
    });
  }
}
