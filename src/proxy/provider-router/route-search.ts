import { ProxyError } from '../errors.ts';
import type { Call } from '../exchange.ts';
import type { AttemptCause, RouteFacts } from '../record.ts';
import type { BaseUrl } from './base-url.ts';
import { choiceOf, type Candidate, type Candidates } from './candidate.ts';
import type { Choice } from './choose.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { Ways } from './failover.ts';
import { ordered, type OrderParts } from './order.ts';
import type { Rule } from './rule.ts';
import type { StickySessions } from './sticky-sessions.ts';
import type { Way } from './target-attempt.ts';
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
  readonly candidates: Candidates;
  /** The loopback provider's address, where one of the targets is that. */
  readonly loopback: BaseUrl | null;
  /** Where no rule has decided: what the request itself comes to. */
  readonly choice: Choice | null;
}

/** A candidate as this call found it; what is said of it stands in the record. */
interface Place extends CandidateFacts {
  readonly candidate: Candidate;
  /** Until its circuit lets a request pass, milliseconds. */
  readonly waitMs: number;
  verdict: CandidateFacts['verdict'];
}

/** The targets of one call, in the order in which they are to be tried; those that would refuse it stand last. */
export class RouteSearch implements Ways {
  readonly #call: Call;
  readonly #rule: Rule;
  readonly #parts: SearchParts;
  readonly #search: Search;
  readonly #startedAt: number;
  /** As the request named it, fit for the record. */
  readonly #ownModel: string | null;
  /** Null while all are free, in their order, and nothing has failed: then there is nothing to remember. */
  #places: readonly Place[] | null = null;
  #at = -1;
  #refusal: ProxyError | null = null;

  constructor(call: Call, rule: Rule, search: Search, parts: SearchParts) {
    this.#call = call;
    this.#rule = rule;
    this.#search = search;
    this.#parts = parts;
    this.#startedAt = parts.totalMs === 0 ? 0 : parts.now();
    this.#ownModel = call.record.model;
    if (!this.#isPlain()) this.#order();
  }

  /** Most calls are: the first of the rule's targets is asked, and answers. */
  #isPlain(): boolean {
    const { circuits, cooldowns } = this.#parts;
    if (this.#rule.choose !== 'order' || this.#rule.isSticky || !cooldowns.isEmpty) return false;
    const { list } = this.#search.candidates;
    for (const { provider, model } of list) if (circuits.state(provider.name, model) !== 'closed') return false;
    return list.length > 0;
  }

  #order(): void {
    const all = this.#search.candidates.list.map((candidate) => this.#look(candidate));
    const free = all.filter(isFree);
    const known = this.#knownTarget();
    const sticky = known === null ? undefined : free.find(({ candidate }) => candidate.id === known);
    const inOrder = ordered(
      free.map(({ candidate }) => candidate),
      this.#rule.choose,
      this.#parts,
    ).map((candidate) => free.find((place) => place.candidate === candidate)!);
    const stuck = all.filter((place) => !free.includes(place));
    const rest = [...inOrder, ...stuck].filter((place) => place !== sticky);
    this.#remember(sticky ? [sticky, ...rest] : rest, sticky !== undefined);
  }

  #remember(places: readonly Place[], sticky: boolean): void {
    this.#places = places;
    const { name, choose } = this.#rule;
    if (name !== null) this.#call.record.route = { rule: name, choose, sticky, candidates: places };
  }

  #look(candidate: Candidate): Place {
    const { circuits } = this.#parts;
    const { provider, model } = candidate;
    const breaker = circuits.state(provider.name, model);
    return {
      candidate,
      provider: provider.name,
      model: this.#named(candidate),
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
    if (this.#places === null) {
      const way = failed === null ? this.#plainWay() : null;
      if (way !== null) return way;
      this.#rememberPlain(failed !== null);
    }
    const way = (failed && this.#otherKey(failed, cause)) ?? this.#nextPlace(failed !== null);
    if (way === null && failed === null) throw this.#refusal ?? this.#allOpen();
    return way;
  }

  #nextPlace(isAfterFailure: boolean): Way | null {
    const places = this.#places ?? [];
    while (++this.#at < places.length) {
      const place = places[this.#at]!;
      if (!this.#mayTry(place, isAfterFailure)) continue;
      const way = this.#wayTo(withKey(place.candidate, this.#freeKey(place.candidate, 0) ?? 0));
      place.verdict = way === null ? 'skipped' : 'tried';
      if (way !== null) return way;
    }
    return null;
  }

  /** Without a key for it there is none. */
  #plainWay(): Way | null {
    const { candidates } = this.#search;
    const way = this.#wayTo(candidates.list[0]!);
    const isTold = way !== null && this.#rule.name !== null;
    if (isTold) this.#call.record.route = candidates.factsOf(this.#rule, this.#ownModel);
    return way;
  }

  #rememberPlain(isFirstTried: boolean): void {
    const { list } = this.#search.candidates;
    const { candidates } = this.#search.candidates.factsOf(this.#rule, this.#ownModel);
    const places = candidates.map((facts, index): Place => {
      const verdict = isFirstTried ? facts.verdict : 'unused';
      return { ...facts, verdict, candidate: list[index]!, waitMs: 0 };
    });
    this.#at = isFirstTried ? 0 : -1;
    this.#remember(places, false);
  }

  hasMore({ candidate, isHeld }: Way): boolean {
    if (isHeld && candidate.provider.keyCount > candidate.keyIndex + 1) return true;
    if (this.#places === null) return this.#search.candidates.list.length > 1;
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
  #named(candidate: Candidate): string | null {
    return this.#search.candidates.named(candidate, this.#ownModel);
  }

  #firstByteMs(): number | null {
    const { totalMs, now } = this.#parts;
    const own = this.#call.streamed ? this.#rule.firstTokenMs : null;
    const isFirst = this.#places?.every(({ verdict }) => verdict !== 'tried') ?? true;
    if (totalMs === 0 || isFirst) return own;
    const leftMs = totalMs - (now() - this.#startedAt);
    return own === null ? leftMs : Math.min(own, leftMs);
  }

  #allOpen(): ProxyError {
    const places = this.#places ?? [];
    if (places.length === 0) {
      const what = `no target of ${this.#rule.name} speaks ${this.#call.dialect}; requests are not translated`;
      return new ProxyError('invalid_request', what);
    }
    const waitMs = Math.min(...places.map((place) => place.waitMs));
    const isForced = places.every(({ breaker }) => breaker === 'forced_open');
    const why = isForced ? 'was switched off by hand' : 'is left alone for a while, since it fails';
    const names = [...new Set(places.map(({ candidate }) => candidate.provider.name))].join(', ');
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
}

function withKey(candidate: Candidate, keyIndex: number): Candidate {
  return candidate.keyIndex === keyIndex ? candidate : { ...candidate, keyIndex };
}

function isFree({ waitMs, isCooling }: Place): boolean {
  return waitMs === 0 && !isCooling;
}
