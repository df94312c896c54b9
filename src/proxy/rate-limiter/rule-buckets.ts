import { detached } from '../detached.ts';
import { globMatcher } from '../glob.ts';
import type { LimitRule } from '../quota.ts';
import type { RequestRecord } from '../record.ts';
import { PassedFacts } from './passed-facts.ts';
import type { VerdictCounts } from './verdict-counts.ts';
import { requestTerms, tokenTerms, type BucketTerms } from './bucket-terms.ts';

/** Of each rule, so many subjects have buckets of their own; what comes then shares one, until somebody's is full again. */
const maxSubjects = 100_000;
/** The place of those who share. */
const other = 0;
/** How many places are looked at for one that can be given to a new subject. */
const sweep = 8;
const firstCapacity = 8;

// How far estimates are corrected by what requests have really used.
const leastShare = 1 / 16;
const mostShare = 4;
const fall = 1 / 8;

/** What is left to one of a rule's subjects. */
export interface SubjectState {
  readonly subject: string;
  /** Null where these are not limited. Tokens are negative while more was used than there was. */
  readonly requestsLeft: number | null;
  readonly tokensLeft: number | null;
  readonly inFlight: number;
}

/**
 * The buckets of one rule: of each address, key, … two token buckets and a gauge of what is in flight, in arrays of
 * numbers by place. A bucket is kept as what is missing in it, so that an untouched one is all zeros. Times are
 * monotonic microseconds, whole ones.
 *
 * Memory is bounded by giving a place to a new subject only if its own has a full bucket and nothing in flight: such a
 * one is like a new one, and nobody gains by its being forgotten. Where none is found, newcomers share a bucket.
 */
export class RuleBuckets {
  readonly counts: VerdictCounts;
  readonly passed = new PassedFacts();
  #rule: LimitRule;
  #requests: BucketTerms | null = null;
  #tokens: BucketTerms | null = null;
  readonly #matches: ((name: string) => boolean) | null;
  readonly #maxSubjects: number;
  readonly #places = new Map<string, number>();
  readonly #names: string[] = ['other'];
  #used = 0;
  #hand = 0;
  #at = new Float64Array(firstCapacity);
  #requestDebt = new Float64Array(firstCapacity);
  #tokenDebt = new Float64Array(firstCapacity);
  #inFlight = new Int32Array(firstCapacity);
  /** What requests have used of their estimates, less 1. */
  #correction = new Float64Array(firstCapacity);

  constructor(rule: LimitRule, counts: VerdictCounts, most = maxSubjects) {
    this.#rule = rule;
    this.counts = counts;
    this.#maxSubjects = most;
    this.#matches = rule.match === null ? null : globMatcher(rule.match);
    this.#setTerms(rule);
  }

  get rule(): LimitRule {
    return this.#rule;
  }

  get subjects(): number {
    return this.#used;
  }

  get inFlight(): number {
    return this.#inFlight.reduce((sum, count) => sum + count, 0);
  }

  /** Whether what was taken in has to be let out again. */
  get holds(): boolean {
    return this.#tokens !== null || this.#rule.concurrent !== null;
  }

  /** Whether they are a rule's, be it with other numbers. */
  isFor({ name, per, match }: LimitRule): boolean {
    return this.#rule.name === name && this.#rule.per === per && this.#rule.match === match;
  }

  /** Goes on with other numbers: what was used stays used. */
  adopt(rule: LimitRule, now: number): void {
    for (let place = 0; place <= this.#used; place++) this.#refill(place, now);
    const [requests, tokens] = [this.#requests, this.#tokens];
    this.#rule = rule;
    this.#setTerms(rule);
    convert(this.#requestDebt, requests, this.#requests);
    convert(this.#tokenDebt, tokens, this.#tokens);
  }

  #setTerms(rule: LimitRule): void {
    this.#requests = requestTerms(rule);
    this.#tokens = tokenTerms(rule);
  }

  /** Whom of this rule's subjects a request counts for; null where the rule is not for it. */
  subjectOf(record: RequestRecord, provider: string | null): string | null {
    const { per } = this.#rule;
    if (per === 'all') return 'all';
    const name = per === 'provider' ? provider : nameOf(per, record);
    if (name === null) return this.#matches === null && per !== 'model' ? 'none' : null;
    return this.#matches === null || this.#matches(name) ? name : null;
  }

  /** The place of a subject, with its buckets as they are now. */
  place(subject: string, now: number): number {
    const place = this.#places.get(subject) ?? this.#newPlace(subject, now);
    this.#refill(place, now);
    return place;
  }

  /** How long it would have to wait, in milliseconds; 0 where a request may pass. @param tokens whether it uses any */
  waitMs(place: number, tokens: boolean): number {
    const { concurrent } = this.#rule;
    const busyMs = concurrent !== null && this.#inFlight[place]! >= concurrent ? 1000 : 0;
    const requestsMs = this.#requests === null ? 0 : waitFor(this.#requests, this.#requestDebt[place]!);
    const tokensMs = this.#tokens === null || !tokens ? 0 : waitFor(this.#tokens, this.#tokenDebt[place]!);
    return Math.max(busyMs, requestsMs, tokensMs);
  }

  /** What keeps a request waiting that has to; `concurrent` where nothing else does. */
  scarce(place: number, tokens: boolean): 'requests' | 'tokens' | 'concurrent' {
    const requestsMs = this.#requests === null ? 0 : waitFor(this.#requests, this.#requestDebt[place]!);
    const tokensMs = this.#tokens === null || !tokens ? 0 : waitFor(this.#tokens, this.#tokenDebt[place]!);
    if (requestsMs === 0 && tokensMs === 0) return 'concurrent';
    return requestsMs >= tokensMs ? 'requests' : 'tokens';
  }

  /** How long until a bucket is full again, in milliseconds. */
  fullInMs(place: number, unit: 'requests' | 'tokens'): number {
    const terms = unit === 'requests' ? this.#requests : this.#tokens;
    const debt = unit === 'requests' ? this.#requestDebt[place]! : this.#tokenDebt[place]!;
    return terms === null ? 0 : debt / terms.perUs / 1000;
  }

  /** Takes a request in. @returns the tokens that are taken for it until it is known what it uses */
  take(place: number, estimate: number): number {
    if (this.#requests) this.#requestDebt[place]! += this.#requests.cost;
    if (this.holds) this.#inFlight[place]!++;
    if (!this.#tokens || estimate === 0) return 0;
    const { cost, capacity } = this.#tokens;
    const reserved = Math.min(Math.ceil(estimate * (1 + this.#correction[place]!)), capacity / cost);
    this.#tokenDebt[place]! += reserved * cost;
    return reserved;
  }

  /** Lets out what was taken in, in exchange for the tokens that it used. */
  leave(place: number, { estimate, reserved, used }: Leaving, now: number): void {
    this.#refill(place, now);
    this.#inFlight[place]!--;
    if (!this.#tokens || reserved === 0) return;
    this.#tokenDebt[place] = Math.max(0, this.#tokenDebt[place]! + (used - reserved) * this.#tokens.cost);
    if (used > 0) this.#correct(place, used / estimate);
  }

  /** Up at once, down by and by: who begins to use more is not let off by what was used before. */
  #correct(place: number, share: number): void {
    const last = 1 + this.#correction[place]!;
    const next = share >= last ? share : last + (share - last) * fall;
    this.#correction[place] = Math.min(mostShare, Math.max(leastShare, next)) - 1;
  }

  /** Whether it could be forgotten without anybody's gain. */
  isUntouched(now: number): boolean {
    for (let place = 0; place <= this.#used; place++) if (!this.#isFull(place, now)) return false;
    return true;
  }

  /** Those with the least left, the scarcest first. */
  scarcest(count: number, now: number): SubjectState[] {
    const places: number[] = [];
    const shares: number[] = [];
    for (let place = 0; place <= this.#used; place++) {
      if (this.#isFull(place, now)) continue;
      const share = this.#leftShare(place);
      let at = shares.length;
      while (at > 0 && shares[at - 1]! > share) at--;
      if (at === count) continue;
      // There are many subjects, and few are shown: they are moved up by hand.
      for (let from = Math.min(shares.length, count - 1); from > at; from--) {
        shares[from] = shares[from - 1]!;
        places[from] = places[from - 1]!;
      }
      shares[at] = share;
      places[at] = place;
    }
    return places.map((place) => this.#state(place));
  }

  #state(place: number): SubjectState {
    return {
      subject: this.#names[place]!,
      requestsLeft: this.#requests && left(this.#requests, this.#requestDebt[place]!),
      tokensLeft: this.#tokens && left(this.#tokens, this.#tokenDebt[place]!),
      inFlight: this.#inFlight[place]!,
    };
  }

  /** The scarcest of what it has, as a share of what there is when nothing is used. */
  #leftShare(place: number): number {
    const { concurrent } = this.#rule;
    return Math.min(
      this.#requests === null ? 1 : 1 - this.#requestDebt[place]! / this.#requests.capacity,
      this.#tokens === null ? 1 : 1 - this.#tokenDebt[place]! / this.#tokens.capacity,
      concurrent === null ? 1 : 1 - this.#inFlight[place]! / concurrent,
    );
  }

  #refill(place: number, now: number): void {
    const elapsed = now - this.#at[place]!;
    this.#at[place] = now;
    if (this.#requests) {
      this.#requestDebt[place] = Math.max(0, this.#requestDebt[place]! - elapsed * this.#requests.perUs);
    }
    if (this.#tokens) this.#tokenDebt[place] = Math.max(0, this.#tokenDebt[place]! - elapsed * this.#tokens.perUs);
  }

  #newPlace(subject: string, now: number): number {
    let place: number;
    if (this.#used < this.#maxSubjects) {
      place = ++this.#used;
      if (place === this.#at.length) this.#grow();
    } else {
      place = this.#vacated(now);
      if (place === other) return other;
    }
    const name = detached(subject);
    this.#names[place] = name;
    this.#places.set(name, place);
    this.#at[place] = now;
    this.#correction[place] = 0;
    return place;
  }

  #vacated(now: number): number {
    for (let looked = 0; looked < sweep; looked++) {
      this.#hand = (this.#hand % this.#used) + 1;
      if (!this.#isFull(this.#hand, now)) continue;
      this.#places.delete(this.#names[this.#hand]!);
      return this.#hand;
    }
    return other;
  }

  #isFull(place: number, now: number): boolean {
    this.#refill(place, now);
    return this.#inFlight[place] === 0 && this.#requestDebt[place] === 0 && this.#tokenDebt[place] === 0;
  }

  #grow(): void {
    const capacity = Math.min(this.#at.length * 2, this.#maxSubjects + 1);
    const grown = <Values extends Float64Array | Int32Array>(to: Values, from: Values): Values => {
      to.set(from);
      return to;
    };
    this.#at = grown(new Float64Array(capacity), this.#at);
    this.#requestDebt = grown(new Float64Array(capacity), this.#requestDebt);
    this.#tokenDebt = grown(new Float64Array(capacity), this.#tokenDebt);
    this.#inFlight = grown(new Int32Array(capacity), this.#inFlight);
    this.#correction = grown(new Float64Array(capacity), this.#correction);
  }
}

/** What a request leaves behind. */
export interface Leaving {
  /** What it was thought to use at most, and what was taken for it. */
  readonly estimate: number;
  readonly reserved: number;
  readonly used: number;
}

function nameOf(per: 'ip' | 'key' | 'project' | 'model', { caller, model }: RequestRecord): string | null {
  switch (per) {
    case 'ip':
      return caller.address;
    case 'key':
      return caller.key;
    case 'project':
      return caller.project;
    case 'model':
      return model;
  }
}

/** Until the bucket has a whole unit, in milliseconds. */
function waitFor({ cost, capacity, perUs }: BucketTerms, debt: number): number {
  const missing = debt + cost - capacity;
  return missing <= 0 ? 0 : missing / perUs / 1000;
}

function left({ cost, capacity }: BucketTerms, debt: number): number {
  return Math.floor((capacity - debt) / cost);
}

/** The same number of requests or tokens in other credits, and no more than all that there is by the new numbers. */
function convert(debts: Float64Array, before: BucketTerms | null, after: BucketTerms | null): void {
  if (before?.cost === after?.cost && before?.capacity === after?.capacity) return;
  for (let place = 0; place < debts.length; place++) {
    if (before === null || after === null) debts[place] = 0;
    else debts[place] = Math.min(after.capacity, Math.ceil((debts[place]! / before.cost) * after.cost));
  }
}
