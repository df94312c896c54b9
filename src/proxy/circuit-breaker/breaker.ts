import { OutcomeWindow } from './outcome-window.ts';
import type { BreakerTerms } from './terms.ts';

export type BreakerState = 'closed' | 'half_open' | 'open' | 'forced_open' | 'forced_closed';

/** What a request says of the provider's health. `alive`: nothing, but that it answers at all. */
export type Verdict = 'success' | 'failure' | 'neutral' | 'alive';

export interface Ended {
  readonly verdict: Verdict;
  /** A status or a code of ours, never text of the provider. */
  readonly code: string;
  /** Its answer began late. */
  readonly isSlow: boolean;
}

/** Why a circuit changed its state. The list is API: it stands in metrics and events. */
export type Reason =
  | 'failures'
  | 'slow'
  | 'recovery'
  | 'probe_success'
  | 'probe_alive'
  | 'probe_failure'
  | 'probe_expired'
  | 'forced'
  | 'reset';

export interface Change {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly reason: Reason;
}

export interface BreakerParts {
  readonly terms: () => BreakerTerms;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** A number that no circuit has had before. */
  readonly nextEpoch: () => number;
  readonly changed: (change: Change) => void;
}

/** How a circuit does, for `/health`. */
export interface BreakerStatus {
  readonly state: BreakerState;
  /** Null where requests pass. */
  readonly retry_after_seconds: number | null;
  /** A status or a code of ours. */
  readonly last_failure: string | null;
}

const maxJitter = 0.1;
/** What those are told to wait who come while the circuit is being tried. */
const probingMs = 1000;

/**
 * One circuit. It knows no time of its own: each call brings `now`, in monotonic milliseconds. A request remembers the
 * epoch in which it was admitted, and its end counts in that epoch only: each change of state begins a new one, and so
 * does each probe.
 */
export class Breaker {
  readonly #parts: BreakerParts;
  #state: BreakerState = 'closed';
  #epoch: number;
  #window: OutcomeWindow;
  /** How many times in a row it has opened. */
  #openings = 0;
  #until = 0;
  /** When the probe that is under way loses its lease; null where none is. */
  #leaseEnd: number | null = null;
  #openSince: number | null = null;
  #openMs = 0;
  #openedBy: Reason | null = null;
  #lastFailure: string | null = null;

  constructor(parts: BreakerParts, epoch: number) {
    this.#parts = parts;
    this.#epoch = epoch;
    this.#window = new OutcomeWindow(parts.terms().windowMs);
  }

  get state(): BreakerState {
    return this.#state;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The code of the last failure that counted. */
  get lastFailure(): string | null {
    return this.#lastFailure;
  }

  /** Why it opened last. */
  get openedBy(): Reason | null {
    return this.#openedBy;
  }

  /** When it opened, failed probes since then included; null where it lets requests pass. */
  get openSince(): number | null {
    return this.#openSince;
  }

  /** How long it has been open in all, in milliseconds. */
  openMs(now: number): number {
    return this.#openMs + (this.#openSince === null ? 0 : now - this.#openSince);
  }

  failures(now: number): number {
    return this.#window.failures(now);
  }

  status(now: number): BreakerStatus {
    const waitMs = this.retryAfterMs(now);
    const passes = this.#state === 'closed' || this.#state === 'forced_closed';
    return {
      state: this.#state,
      retry_after_seconds: passes ? null : Math.ceil(waitMs / 1000),
      last_failure: this.#lastFailure,
    };
  }

  /** Whether a request may pass now. */
  allows(now: number): boolean {
    return this.retryAfterMs(now) === 0;
  }

  /** How long the next request would be refused; a guess where that depends on a probe or on the user. */
  retryAfterMs(now: number): number {
    this.#expire(now);
    switch (this.#state) {
      case 'closed':
      case 'forced_closed':
        return 0;
      case 'open':
        return Math.max(0, this.#until - now);
      case 'half_open':
        return this.#leaseEnd === null ? 0 : probingMs;
      case 'forced_open':
        return this.#parts.terms().recoveryMs;
    }
  }

  /** Takes in a request that is allowed. True where it is the probe: it has the circuit's lease until it ends. */
  enter(now: number): boolean {
    if (this.#state === 'closed' || this.#state === 'forced_closed') return false;
    if (this.#state === 'open') this.#become('half_open', 'recovery');
    else this.#epoch = this.#parts.nextEpoch();
    this.#leaseEnd = now + this.#parts.terms().probeMs;
    return true;
  }

  /** The probe of this epoch has begun to be answered. Gives the epoch in which what is still to come of it counts. */
  answered(epoch: number, now: number): number {
    this.#expire(now);
    if (epoch !== this.#epoch || this.#state !== 'half_open') return epoch;
    this.#close('probe_success', now);
    return this.#epoch;
  }

  /** A request has ended. False where it came too late to count. */
  settle(epoch: number, ended: Ended, now: number): boolean {
    this.#expire(now);
    if (epoch !== this.#epoch) return false;
    if (this.#state === 'closed') this.#count(ended, now);
    else if (this.#state === 'half_open') this.#judge(ended, now);
    return true;
  }

  force(to: 'open' | 'close' | 'auto', now: number): void {
    const isForced = this.#state === 'forced_open' || this.#state === 'forced_closed';
    if (to === 'open' && this.#state !== 'forced_open') {
      this.#become('forced_open', 'forced');
      this.#openSince ??= now;
    } else if (to === 'close' && this.#state !== 'forced_closed') {
      this.#stopCountingTime(now);
      this.#become('forced_closed', 'forced');
    } else if (to === 'auto' && isForced) this.#close('forced', now);
  }

  /** Forgets everything, but not that the user has forced it. */
  reset(now: number): void {
    if (this.#state === 'open' || this.#state === 'half_open') return this.#close('reset', now);
    this.#epoch = this.#parts.nextEpoch();
    this.#forget();
  }

  #count({ verdict, code, isSlow }: Ended, now: number): void {
    if (verdict === 'success') {
      this.#window.succeeded(now, isSlow);
      if (isSlow && this.#isTooSlow(now)) this.#open('slow', now);
    } else if (verdict === 'failure') {
      this.#lastFailure = code;
      this.#window.failed(now);
      if (this.#failsTooOften(now)) this.#open('failures', now);
    }
  }

  #failsTooOften(now: number): boolean {
    const terms = this.#parts.terms();
    const failures = this.#window.failures(now);
    if (failures < terms.failures) return false;
    if (this.#window.failuresInARow >= terms.failures) return true;
    return failures / (failures + this.#window.successes(now)) >= terms.minFailureRatio;
  }

  #isTooSlow(now: number): boolean {
    const { slowRatio, failures: least } = this.#parts.terms();
    if (slowRatio === null) return false;
    const slow = this.#window.slow(now);
    return slow >= least && slow / (this.#window.failures(now) + this.#window.successes(now)) >= slowRatio;
  }

  #judge({ verdict, code }: Ended, now: number): void {
    switch (verdict) {
      case 'success':
        return this.#close('probe_success', now);
      case 'alive':
        return this.#close('probe_alive', now);
      case 'failure':
        this.#lastFailure = code;
        return this.#open('probe_failure', now);
      case 'neutral':
        this.#leaseEnd = null;
        this.#epoch = this.#parts.nextEpoch();
    }
  }

  /** A probe that has not been answered in time has failed, whenever that is noticed. */
  #expire(now: number): void {
    const end = this.#leaseEnd;
    if (end === null || now < end) return;
    this.#lastFailure = 'upstream_timeout';
    this.#open('probe_expired', end);
  }

  #open(reason: Reason, at: number): void {
    const { recoveryMs, maxRecoveryMs } = this.#parts.terms();
    const waitMs = Math.min(recoveryMs * 2 ** this.#openings, maxRecoveryMs);
    this.#openings++;
    this.#until = at + waitMs * (1 + maxJitter * this.#parts.random());
    this.#openSince ??= at;
    this.#openedBy = reason;
    this.#become('open', reason);
  }

  #close(reason: Reason, now: number): void {
    this.#stopCountingTime(now);
    this.#forget();
    this.#become('closed', reason);
  }

  #stopCountingTime(now: number): void {
    this.#openMs = this.openMs(now);
    this.#openSince = null;
  }

  #forget(): void {
    this.#openings = 0;
    this.#window = new OutcomeWindow(this.#parts.terms().windowMs);
  }

  #become(to: BreakerState, reason: Reason): void {
    const from = this.#state;
    this.#state = to;
    this.#epoch = this.#parts.nextEpoch();
    this.#leaseEnd = null;
    this.#parts.changed({ from, to, reason });
  }
}
