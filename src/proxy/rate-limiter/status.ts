import { rateText, type LimitRule } from '../quota.ts';
import type { RuleBuckets } from './rule-buckets.ts';
import type { VerdictCounts } from './verdict-counts.ts';

/** How a limit is, in the shape of `/stats`. */
export interface LimitStatus {
  readonly name: string;
  readonly per: LimitRule['per'];
  readonly match: string | null;
  readonly requests: string | null;
  readonly tokens: string | null;
  readonly concurrent: number | null;
  readonly burst: number | null;
  readonly shadow: boolean;
  readonly passed: number;
  readonly refused: number;
  readonly shadow_refused: number;
  /** Those that have buckets of their own. */
  readonly subjects: number;
  /** Where requests in flight are not told apart from others: null. */
  readonly in_flight: number | null;
  readonly scarcest: readonly {
    readonly subject: string;
    readonly requests_left: number | null;
    readonly tokens_left: number | null;
    readonly in_flight: number;
  }[];
}

const shownSubjects = 5;

/** @param now monotonic microseconds */
export function limitStatus(buckets: RuleBuckets, now: number): LimitStatus {
  const { rule } = buckets;
  const scarcest = buckets.scarcest(shownSubjects, now);
  return {
    ...{ name: rule.name, per: rule.per, match: rule.match },
    requests: rule.requests && rateText(rule.requests),
    tokens: rule.tokens && rateText(rule.tokens),
    ...{ concurrent: rule.concurrent, burst: rule.burst, shadow: rule.shadow },
    ...countsJson(buckets.counts),
    subjects: buckets.subjects,
    in_flight: buckets.holds ? buckets.inFlight : null,
    scarcest: scarcest.map(({ subject, requestsLeft, tokensLeft, inFlight }) => ({
      ...{ subject, requests_left: requestsLeft, tokens_left: tokensLeft, in_flight: inFlight },
    })),
  };
}

function countsJson({ passed, refused, shadow }: VerdictCounts): {
  readonly passed: number;
  readonly refused: number;
  readonly shadow_refused: number;
} {
  return { passed, refused, shadow_refused: shadow };
}

/** The rules of all access keys together: each key shows its own elsewhere. */
export function accessKeyStatus(
  name: string,
  { counts, size, inFlight }: { readonly counts: VerdictCounts; readonly size: number; readonly inFlight: number },
): LimitStatus {
  return {
    ...{ name, per: 'key', match: null, requests: null, tokens: null, concurrent: null, burst: null, shadow: false },
    ...countsJson(counts),
    ...{ subjects: size, in_flight: inFlight, scarcest: [] },
  };
}
