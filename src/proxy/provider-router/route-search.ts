import { ProxyError } from '../errors.ts';
import type { Call } from '../exchange.ts';
import type { AttemptCause, RouteFacts } from '../record.ts';
import type { BaseUrl } from './base-url.ts';
import { choiceOf, type Candidate } from './candidate.ts';
import type { Choice } from './choose.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { Way, Ways } from './failover.ts';
import { ordered, type OrderParts } from './order.ts';
import type { Rule } from './rule.ts';
import type { StickySessions } from './sticky-sessions.ts';
import { routedTo } from './targets.ts';

type CandidateFacts = RouteFacts['candidates'][number];

/** How the circuit breakers stand. */
export interface Circuits {
  readonly state: (provider: string, model: string | null) => CandidateFacts['breaker'];
  /** 0 where a request would be admitted now. */
  readonly retryAfterMs: (provider: string, model: string | null) => number;
}

export interface SearchParts extends OrderParts {
  readonly circuits: Circuits;
  readonly cooldowns: Cooldowns;
  readonly sessions: StickySessions;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** For a whole exchange, milliseconds; 0: no limit. */
  readonly totalMs: number;
}

/** What is known of one call. */
export interface Search {
  readonly candidates: readonly Candidate[];
  /** The loopback provider's address, where one of the targets is that. */
  readonly loopback: BaseUrl | null;
  /** Where no rule has decided: what the request itself comes to. */
  readonly choice: Choice | null;
}

interface Place {
  readonly candidate: Candidate;
  readonly breaker: CandidateFacts['breaker'];
  /** Until its circuit lets a request pass, milliseconds. */
  readonly waitMs: number;
  readonly isCooling: boolean;
  verdict: CandidateFacts['verdict'];
}

/** The targets of one call, in the order in which they are to be tried; those that would refuse it stand last. */
export class RouteSearch implements Ways {
  readonly #call: Call;
  readonly #rule: Rule;
  readonly #parts: SearchParts;
  readonly #search: Search;
  readonly #places: readonly Place[];
  readonly #startedAt: number;
  /** As the request named it, fit for the record. */
  readonly #ownModel: string | null;
  readonly #isSticky: boolean;
  #at = -1;
  #refusal: ProxyError | null = null;

  constructor(call: Call, rule: Rule, search: Search, parts: SearchParts) {
    this.#call = call;
    this.#rule = rule;
    this.#search = search;
    this.#parts = parts;
    this.#startedAt = parts.totalMs === 0 ? 0 : parts.now();
    this.#ownModel = call.record.model;
    const all = search.candidates.map((candidate) => this.#look(candidate));
    this.#isSticky = false;
    this.#places = all;
    if (rule.choose === 'order' && !rule.isSticky && all.every(isFree)) return;
    const free = all.filter(isFree);
    const known = this.#knownTarget();
    const sticky = known === null ? undefined : free.find(({ candidate }) => candidate.id === known);
    this.#isSticky = sticky !== undefined;
    const inOrder = ordered(
      free.map(({ candidate }) => candidate),
      rule.choose,
      parts,
    ).map((candidate) => free.find((place) => place.candidate === candidate)!);
    const stuck = all.filter((place) => !free.includes(place));
    const rest = [...inOrder, ...stuck].filter((place) => place !== sticky);
    this.#places = sticky ? [sticky, ...rest] : rest;
  }

  #look(candidate: Candidate): Place {
    const { circuits } = this.#parts;
    const { provider, model } = candidate;
    const breaker = circuits.state(provider.name, model);
    return {
      candidate,
      breaker,
      waitMs: breaker === 'closed' ? 0 : circuits.retryAfterMs(provider.name, model),
      // Where the rule does not go on after a 429, the provider itself tells the client to wait.
      isCooling: this.#rule.failoverOn.has('429') && this.#freeKey(candidate, 0) === null,
      verdict: 'unused',
    };
  }

  #knownTarget(): string | null {
    const { session } = this.#call.record.caller;
    if (!this.#rule.isSticky || session === null) return null;
    return this.#parts.sessions.target(this.#rule.name ?? '', session);
  }

  /** The first of a provider's keys from an index on that is not cooling down; null where all are. */
  #freeKey({ provider, model }: Candidate, from: number): number | null {
    const { cooldowns, now } = this.#parts;
    if (cooldowns.isEmpty) return from < Math.max(1, provider.keyCount) ? from : null;
    const last = Math.max(1, provider.keyCount);
    for (let keyIndex = from; keyIndex < last; keyIndex++) {
      if (cooldowns.remainingMs({ provider: provider.name, keyIndex, model }, now()) === 0) return keyIndex;
    }
    return null;
  }

  /** The next target, or null where there is none. @throws ProxyError where there has been none at all. */
  next(failed: Way | null, cause: AttemptCause | null): Way | null {
    const otherKey = failed === null ? null : this.#otherKey(failed, cause);
    if (otherKey !== null) return otherKey;
    while (++this.#at < this.#places.length) {
      const place = this.#places[this.#at]!;
      if (!this.#mayTry(place, failed !== null)) continue;
      const way = this.#wayTo(withKey(place.candidate, this.#freeKey(place.candidate, 0) ?? 0));
      place.verdict = way === null ? 'skipped' : 'tried';
      if (way !== null) return way;
    }
    if (failed === null) throw this.#refusal ?? this.#allOpen();
    return null;
  }

  hasMore({ candidate, isHeld }: Way): boolean {
    if (isHeld && candidate.provider.keyCount > candidate.keyIndex + 1) return true;
    return this.#places.some((place, index) => index > this.#at && !this.#isBarred(place, true));
  }

  /** The same target with the next of its keys, where the key was the obstacle. */
  #otherKey({ candidate, isHeld }: Way, cause: AttemptCause | null): Way | null {
    if (!isHeld || (cause !== '429' && cause !== 'quota')) return null;
    const keyIndex = this.#freeKey(candidate, candidate.keyIndex + 1);
    return keyIndex === null ? null : this.#wayTo(withKey(candidate, keyIndex));
  }

  /** What is open would refuse; who has asked for patience is asked only where nobody else can be. */
  #mayTry(place: Place, isAfterFailure: boolean): boolean {
    if (!this.#isBarred(place, isAfterFailure)) return true;
    place.verdict = 'skipped';
    return false;
  }

  #isBarred({ waitMs, isCooling }: Place, isAfterFailure: boolean): boolean {
    return (waitMs > 0 && this.#rule.failoverOn.has('open')) || (isCooling && isAfterFailure);
  }

  #wayTo(candidate: Candidate): Way | null {
    const { choice: own, loopback } = this.#search;
    const choice = own ? { ...own, keyIndex: candidate.keyIndex } : choiceOf(candidate, this.#call);
    const base = candidate.provider.base ?? loopback;
    if (base === null) return null;
    const { record } = this.#call;
    try {
      const terms = { base, model: candidate.model, firstByteMs: this.#firstByteMs() };
      const { routed, isHeld } = routedTo(this.#call, choice, terms);
      record.provider = candidate.provider.name;
      record.dialect = choice.dialect;
      record.model = this.#named(candidate);
      return { candidate, routed, isHeld };
    } catch (thrown) {
      // Without a key for it, another may still be asked.
      if (!(thrown instanceof ProxyError) || thrown.code !== 'unauthorized') throw thrown;
      this.#refusal ??= thrown;
      return null;
    }
  }

  /** The model as it is recorded. */
  #named({ model }: Candidate): string | null {
    return model === this.#call.model ? this.#ownModel : model;
  }

  #firstByteMs(): number | null {
    const { totalMs, now } = this.#parts;
    const own = this.#call.streamed ? this.#rule.firstTokenMs : null;
    const isFirst = this.#places.every(({ verdict }) => verdict !== 'tried');
    if (totalMs === 0 || isFirst) return own;
    const leftMs = totalMs - (now() - this.#startedAt);
    return own === null ? leftMs : Math.min(own, leftMs);
  }

  #allOpen(): ProxyError {
    if (this.#places.length === 0) {
      const what = `no target of ${this.#rule.name} speaks ${this.#call.dialect}; requests are not translated`;
      return new ProxyError('invalid_request', what);
    }
    const waitMs = Math.min(...this.#places.map((place) => place.waitMs));
    const isForced = this.#places.every(({ breaker }) => breaker === 'forced_open');
    const why = isForced ? 'was switched off by hand' : 'is left alone for a while, since it fails';
    const names = [...new Set(this.#places.map(({ candidate }) => candidate.provider.name))].join(', ');
    const what = `whom ${this.#rule.name ?? 'the request'} leads to ${why}: ${names}`;
    return new ProxyError('circuit_open', what, { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
  }

  /** Its session stays there. */
  served({ candidate }: Way): void {
    const { session } = this.#call.record.caller;
    if (this.#rule.isSticky && session !== null) {
      this.#parts.sessions.served(this.#rule.name ?? '', session, candidate.id);
    }
  }

  facts(): RouteFacts {
    return {
      rule: this.#rule.name,
      choose: this.#rule.choose,
      sticky: this.#isSticky,
      candidates: this.#places.map(({ candidate, breaker, isCooling, verdict }) => ({
        provider: candidate.provider.name,
        model: this.#named(candidate),
        breaker,
        isCooling,
        verdict,
      })),
    };
  }
}

function withKey(candidate: Candidate, keyIndex: number): Candidate {
  return candidate.keyIndex === keyIndex ? candidate : { ...candidate, keyIndex };
}

function isFree({ waitMs, isCooling }: Place): boolean {
  return waitMs === 0 && !isCooling;
}
