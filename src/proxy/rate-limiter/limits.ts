import type { AccessKey } from '../access-key.ts';
import type { LimitRule } from '../quota.ts';
import type { LimitFacts, RequestRecord } from '../record.ts';
import { AccessKeyBuckets } from './access-key-buckets.ts';
import { refusal, type Refused } from './refusal.ts';
import { RuleBuckets } from './rule-buckets.ts';
import { accessKeyStatus, limitStatus, type LimitStatus } from './status.ts';
import { Ticket } from './ticket.ts';
import { noVerdicts, type VerdictCounts } from './verdict-counts.ts';

export interface LimitsParts {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Unix milliseconds. */
  readonly wall: () => number;
  /** So many subjects of each rule have buckets of their own. */
  readonly maxSubjects?: number;
}

/** A request that asks to be let in. */
export interface Asking {
  readonly record: RequestRecord;
  readonly access: AccessKey | null;
  /** The tokens that it may use; 0 where it uses none. */
  readonly estimate: number;
}

/** What the rules of access keys are counted under. */
const accessKeyRules = 'access key';
/** The request does not come under the rule, or is not let in by it. */
const nowhere = -1;
const none: readonly never[] = [];

/** The limits with all of their buckets. They live as long as the proxy. */
export interface Limits {
  /** Takes rules in the place of those before. Where name, scope and match are as before, what was used stays used. */
  readonly configure: (rules: readonly LimitRule[]) => void;
  /** Whether an exchange has to be asked about at all. */
  readonly concern: (access: AccessKey | null) => boolean;
  /** Whether an attempt has to be. */
  readonly concernProviders: () => boolean;
  /**
   * Lets a request in by all rules but those for providers, or by none of them.
   * @returns what has to be let out when it has ended
   * @throws ProxyError where a limit refuses it
   */
  readonly enter: (asking: Asking) => readonly Ticket[];
  /** The same by the rules for providers. */
  readonly enterProvider: (asking: Asking, provider: string) => readonly Ticket[];
  /** @param used tokens; null where nobody knows */
  readonly leave: (tickets: readonly Ticket[], used: number | null) => void;
  /** By the limit's name, since the start. */
  readonly counters: () => ReadonlyMap<string, Readonly<VerdictCounts>>;
  readonly status: () => LimitStatus[];
}

/** Until it is configured, it limits nothing. */
export function createLimits(parts: LimitsParts): Limits {
  return new AllLimits(parts);
}

class AllLimits implements Limits {
  readonly #parts: LimitsParts;
  #rules: RuleBuckets[] = [];
  #ofCalls: RuleBuckets[] = [];
  #ofProviders: RuleBuckets[] = [];
  readonly #ofAccessKeys = new AccessKeyBuckets();
  /** What has been counted stays when a limit goes: counters never go back. */
  readonly #counts = new Map<string, VerdictCounts>();
  /** Of the request that is being looked at, by rule: used again for the next. */
  readonly #places: number[] = [];
  readonly #facts: LimitFacts[] = [];
  #lastFacts: readonly LimitFacts[] = none;

  constructor(parts: LimitsParts) {
    this.#parts = parts;
  }

  configure(rules: readonly LimitRule[]): void {
    const before = this.#rules;
    this.#rules = rules.map((rule) => {
      const known = before.find((buckets) => buckets.isFor(rule));
      known?.adopt(rule, this.#now());
      return known ?? new RuleBuckets(rule, this.#countsOf(rule.name), this.#parts.maxSubjects);
    });
    this.#ofCalls = this.#rules.filter(({ rule }) => rule.per !== 'provider');
    this.#ofProviders = this.#rules.filter(({ rule }) => rule.per === 'provider');
  }

  #countsOf(name: string): VerdictCounts {
    let counts = this.#counts.get(name);
    if (!counts) this.#counts.set(name, (counts = noVerdicts()));
    return counts;
  }

  concern(access: AccessKey | null): boolean {
    return this.#rules.length > 0 || (access !== null && access.limits.length > 0);
  }

  concernProviders(): boolean {
    return this.#ofProviders.length > 0;
  }

  enter(asking: Asking): readonly Ticket[] {
    const own = this.#ofAccessKeys.of(asking.access, this.#now());
    return this.#enter(own.length === 0 ? this.#ofCalls : [...this.#ofCalls, ...own], asking, null);
  }

  enterProvider(asking: Asking, provider: string): readonly Ticket[] {
    return this.#enter(this.#ofProviders, asking, provider);
  }

  /** All are asked before anything is taken from any. */
  #enter(all: readonly RuleBuckets[], { record, estimate }: Asking, provider: string | null): readonly Ticket[] {
    const now = this.#now();
    const places = this.#places;
    let count = 0;
    let refused: Refused | null = null;
    for (let index = 0; index < all.length; index++) {
      const buckets = all[index]!;
      places[index] = nowhere;
      const subject = buckets.subjectOf(record, provider);
      if (subject === null) continue;
      const place = buckets.place(subject, now);
      const waitMs = buckets.waitMs(place, estimate > 0);
      const fact = judged(buckets, subject, waitMs);
      this.#facts[count++] = fact;
      if (fact.verdict === 'passed') places[index] = place;
      else if (fact.verdict === 'refused' && waitMs > (refused?.waitMs ?? 0)) {
        refused = { buckets, place, subject, waitMs, tokens: estimate > 0 };
      }
    }
    if (count > 0)
      record.limits = record.limits.length === 0 ? this.#told(count) : [...record.limits, ...this.#told(count)];
    if (refused !== null) throw refusal(refused, this.#parts.wall());
    return taken(all, places, estimate);
  }

  /** The facts of a request. Its neighbours' are mostly the same. */
  #told(count: number): readonly LimitFacts[] {
    const [facts, last] = [this.#facts, this.#lastFacts];
    let same = 0;
    while (same < count && last[same] === facts[same]) same++;
    if (same < count || last.length !== count) this.#lastFacts = facts.slice(0, count);
    return this.#lastFacts;
  }

  leave(tickets: readonly Ticket[], used: number | null): void {
    const now = this.#now();
    for (const ticket of tickets) ticket.leave(used, now);
  }

  counters(): ReadonlyMap<string, Readonly<VerdictCounts>> {
    const keys = this.#ofAccessKeys;
    return keys.isUsed ? new Map([...this.#counts, [accessKeyRules, keys.counts]]) : this.#counts;
  }

  status(): LimitStatus[] {
    const now = this.#now();
    const all = this.#rules.map((buckets) => limitStatus(buckets, now));
    const keys = this.#ofAccessKeys;
    return keys.isUsed ? [...all, accessKeyStatus(accessKeyRules, keys)] : all;
  }

  /** Whole microseconds. */
  #now(): number {
    return Math.floor(this.#parts.now() * 1000);
  }
}

function judged({ rule, counts, passed }: RuleBuckets, subject: string, waitMs: number): LimitFacts {
  const verdict = waitMs === 0 ? 'passed' : rule.shadow ? 'shadow' : 'refused';
  counts[verdict]++;
  return waitMs === 0 ? passed.of(rule.name, subject) : { limit: rule.name, subject, verdict, retryAfterMs: waitMs };
}

function taken(all: readonly RuleBuckets[], places: readonly number[], estimate: number): readonly Ticket[] {
  let tickets: Ticket[] | null = null;
  for (let index = 0; index < all.length; index++) {
    const [buckets, place] = [all[index]!, places[index]!];
    if (place === nowhere) continue;
    if (buckets.holds) (tickets ??= []).push(new Ticket(buckets, place, estimate));
    else buckets.take(place, estimate);
  }
  return tickets ?? none;
}
