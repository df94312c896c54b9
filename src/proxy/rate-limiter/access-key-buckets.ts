import type { AccessKey } from '../access-key.ts';
import type { LimitRule } from '../quota.ts';
import { RuleBuckets } from './rule-buckets.ts';
import { noVerdicts } from './verdict-counts.ts';

const keptKeys = 10_000;
/** How many are looked at, once there are that many, for one that can be forgotten. */
const sweep = 8;
const none: readonly never[] = [];

interface Kept {
  readonly limits: readonly LimitRule[];
  readonly buckets: readonly RuleBuckets[];
}

/** The buckets of the rules that access keys bring with them. A rule is told by its key's name and its own. */
export class AccessKeyBuckets {
  /** Of all keys together: there can be many. */
  readonly counts = noVerdicts();
  readonly #keys = new Map<string, Kept>();

  /** @param now monotonic microseconds */
  of(access: AccessKey | null, now: number): readonly RuleBuckets[] {
    if (access === null || access.limits.length === 0) return none;
    const { name, limits } = access;
    const before = this.#keys.get(name);
    if (before?.limits === limits) return before.buckets;
    const buckets = limits.map((rule) => this.#bucketsFor(rule, before, now));
    if (!before && this.#keys.size >= keptKeys) this.#forgetSome(now);
    this.#keys.set(name, { limits, buckets });
    return buckets;
  }

  #bucketsFor(rule: LimitRule, before: Kept | undefined, now: number): RuleBuckets {
    const known = before?.buckets.find((buckets) => buckets.isFor(rule));
    known?.adopt(rule, now);
    return known ?? new RuleBuckets(rule, this.counts);
  }

  #forgetSome(now: number): void {
    let looked = 0;
    for (const [name, kept] of this.#keys) {
      if (++looked > sweep) return;
      this.#keys.delete(name);
      if (!kept.buckets.every((buckets) => buckets.isUntouched(now))) this.#keys.set(name, kept);
    }
  }

  /** Whether any key has ever brought one. */
  get isUsed(): boolean {
    return this.counts.passed + this.counts.refused + this.counts.shadow > 0;
  }

  get size(): number {
    return this.#keys.size;
  }

  get inFlight(): number {
    let sum = 0;
    for (const { buckets } of this.#keys.values()) for (const { inFlight } of buckets) sum += inFlight;
    return sum;
  }
}
