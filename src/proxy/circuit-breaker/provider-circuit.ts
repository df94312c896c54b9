import { Breaker, type BreakerState, type BreakerStatus, type Change, type Ended } from './breaker.ts';
import { Counts, type CountsJson } from './counts.ts';
import { ModelBreakers } from './model-breakers.ts';
import { RecentSuccesses } from './recent-successes.ts';
import { refusal } from './refusal.ts';
import type { BreakerTerms } from './terms.ts';
import { Ticket, type TicketOwner } from './ticket.ts';

/** A circuit's change of state, as it is told. */
export interface Transition extends Change {
  readonly provider: string;
  /** Null where it is the provider's own circuit. */
  readonly model: string | null;
}

export interface CircuitParts {
  readonly now: () => number;
  readonly random: () => number;
  readonly terms: () => BreakerTerms;
  readonly nextEpoch: () => number;
  readonly changed: (transition: Transition) => void;
}

/** How a provider does, for `/health`. */
export interface CircuitStatus extends BreakerStatus {
  readonly failures_in_window: number;
  readonly opened_seconds_ago: number | null;
  /** Answers since the start that began late. */
  readonly slow: number;
  /** Those of its models whose circuits are not closed. */
  readonly models: Readonly<Record<string, BreakerStatus>>;
}

export interface CircuitCounts extends CountsJson {
  readonly openSeconds: number;
}

const ranks: Readonly<Record<BreakerState, number>> = {
  closed: 0,
  forced_closed: 1,
  half_open: 2,
  open: 3,
  forced_open: 4,
};

/** The circuits of one provider: its own and those of its models. A request passes if both let it. */
export class ProviderCircuit implements TicketOwner {
  readonly #name: string;
  readonly #parts: CircuitParts;
  readonly #counts = new Counts();
  readonly #provider: Breaker;
  readonly #models: ModelBreakers;
  readonly #successes = new RecentSuccesses();
  #lastFailure: string | null = null;

  constructor(name: string, parts: CircuitParts) {
    this.#name = name;
    this.#parts = parts;
    this.#provider = this.#breaker(null, parts.nextEpoch());
    this.#models = new ModelBreakers((model, epoch) => this.#breaker(model, epoch), parts.nextEpoch);
  }

  #breaker(model: string | null, epoch: number): Breaker {
    const changed = (change: Change): void => {
      this.#counts.changed(model === null ? 'provider' : 'model', change);
      this.#parts.changed({ provider: this.#name, model, ...change });
    };
    const { terms, random, nextEpoch } = this.#parts;
    return new Breaker({ terms, random, nextEpoch, changed }, epoch);
  }

  /** Throws a `ProxyError` where the request may not pass. */
  admit(model: string | null): Ticket {
    const provider = this.#provider;
    const own = this.#models.get(model);
    const isPlain = provider.state === 'closed' && (own === undefined || own.state === 'closed');
    // Reading the time is most of what the checks would cost.
    if (!isPlain) return this.#admitWhereOpen(model, own);
    return new Ticket(this, model, provider.epoch, own?.epoch ?? this.#models.epoch);
  }

  #admitWhereOpen(model: string | null, own: Breaker | undefined): Ticket {
    const now = this.#parts.now();
    const provider = this.#provider;
    const waitMs = provider.retryAfterMs(now);
    const ownWaitMs = own?.retryAfterMs(now) ?? 0;
    if (waitMs > 0 || ownWaitMs > 0) {
      this.#counts.rejected++;
      if (own && ownWaitMs > waitMs) throw refusal(this.#name, model, own, now);
      throw refusal(this.#name, null, provider, now);
    }
    const isProviderProbe = provider.enter(now);
    const isModelProbe = own?.enter(now) ?? false;
    const ticket = new Ticket(this, model, provider.epoch, own?.epoch ?? this.#models.epoch);
    ticket.isProviderProbe = isProviderProbe;
    ticket.isModelProbe = isModelProbe;
    return ticket;
  }

  /** How long the next request would be refused, in milliseconds; 0 where it would pass. */
  retryAfterMs(model: string | null): number {
    const own = this.#models.get(model);
    if (this.#provider.state === 'closed' && own === undefined) return 0;
    const now = this.#parts.now();
    return Math.max(this.#provider.retryAfterMs(now), own?.retryAfterMs(now) ?? 0);
  }

  /** The worse of the two circuits. */
  state(model: string | null): BreakerState {
    const own = this.#models.get(model)?.state ?? 'closed';
    const { state } = this.#provider;
    return ranks[own] > ranks[state] ? own : state;
  }

  answered(ticket: Ticket): void {
    const now = this.#parts.now();
    const { providerEpoch, modelEpoch } = ticket;
    if (ticket.isProviderProbe) ticket.providerEpoch = this.#provider.answered(providerEpoch, now);
    const own = ticket.isModelProbe ? this.#models.get(ticket.model) : undefined;
    if (own) ticket.modelEpoch = own.answered(modelEpoch, now);
    const isInTime = ticket.providerEpoch !== providerEpoch || ticket.modelEpoch !== modelEpoch;
    this.#counts.probed(isInTime ? 'success' : 'late');
    ticket.isProviderProbe = ticket.isModelProbe = false;
  }

  settled(ticket: Ticket, ended: Ended): void {
    const { verdict, code, isSlow } = ended;
    const { isProbe } = ticket;
    if (isSlow) this.#counts.slow++;
    if (verdict === 'failure') {
      this.#lastFailure = code;
      this.#counts.failed(code);
    } else if (verdict !== 'success' && !isProbe) return;
    const counted = this.#count(ticket, ended);
    if (isProbe) this.#counts.probed(counted ? verdict : 'late');
  }

  /** False where it came too late for both circuits. */
  #count(ticket: Ticket, ended: Ended): boolean {
    const now = this.#parts.now();
    const isModels = this.#settleModel(ticket, ended, now);
    const isProviders =
      this.#isProviders(ticket, ended, now) && this.#provider.settle(ticket.providerEpoch, ended, now);
    if (isProviders && ended.verdict === 'success' && ticket.model !== null) this.#successes.add(ticket.model, now);
    return isModels || isProviders;
  }

  /** False where it came too late to count, or the model has no circuit. */
  #settleModel(ticket: Ticket, ended: Ended, now: number): boolean {
    const { model, modelEpoch } = ticket;
    // Nothing is learnt of a model while the user vouches for its provider.
    if (this.#provider.state === 'forced_closed') return false;
    return this.#models.forResult(model, modelEpoch)?.settle(modelEpoch, ended, now) ?? false;
  }

  /** Whether an end says something of the provider, and not of the model alone. A probe always does: somebody must answer for it. */
  #isProviders(ticket: Ticket, { verdict, code }: Ended, now: number): boolean {
    if (verdict !== 'failure' || ticket.isProviderProbe) return true;
    // Overloaded, as providers call it, is one model and not the rest.
    if (code === '529' && this.#models.get(ticket.model) !== undefined) return false;
    return now - this.#successes.otherThan(ticket.model) >= this.#parts.terms().windowMs;
  }

  /** Forgets all but what the user has forced. */
  reset(): void {
    const now = this.#parts.now();
    this.#provider.reset(now);
    this.#startModelsAnew();
  }

  #startModelsAnew(): void {
    this.#models.clear(this.#parts.now());
    this.#successes.clear();
  }

  /** @param model null for the whole provider, whose models start anew. False where too many models are forced already. */
  force(model: string | null, to: 'open' | 'close' | 'auto'): boolean {
    if (model !== null) return this.#models.force(model, to, this.#parts.now());
    this.#provider.force(to, this.#parts.now());
    this.#startModelsAnew();
    return true;
  }

  status(): CircuitStatus {
    const now = this.#parts.now();
    const own = this.#provider.status(now);
    const { openSince } = this.#provider;
    return {
      ...own,
      failures_in_window: this.#provider.failures(now),
      opened_seconds_ago: openSince === null ? null : Math.round((now - openSince) / 1000),
      last_failure: this.#lastFailure,
      slow: this.#counts.slow,
      models: this.#models.notClosed(now),
    };
  }

  counts(): CircuitCounts {
    return { ...this.#counts.toJson(), openSeconds: this.#provider.openMs(this.#parts.now()) / 1000 };
  }
}
