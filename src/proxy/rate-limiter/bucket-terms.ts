import type { LimitRule, Rate } from '../quota.ts';

/**
 * The numbers of a token bucket. It is counted in credits, of which a whole number comes in each microsecond and each
 * unit costs a whole number: no fraction is ever rounded away, however long it runs.
 */
export interface BucketTerms {
  /** Credits that come in per microsecond. */
  readonly perUs: number;
  /** Credits that one request or token costs. */
  readonly cost: number;
  /** Credits that it holds when full. */
  readonly capacity: number;
}

/** The bucket of a rule's requests; null where they are not limited. */
export function requestTerms({ requests, burst }: LimitRule): BucketTerms | null {
  return requests && termsOf(requests, burst ?? requests.amount);
}

/** The bucket of a rule's tokens; null where they are not limited. A burst is one of requests where both are. */
export function tokenTerms({ requests, tokens, burst }: LimitRule): BucketTerms | null {
  return tokens && termsOf(tokens, (requests === null ? burst : null) ?? tokens.amount);
}

function termsOf({ amount, periodMs }: Rate, burst: number): BucketTerms {
  const periodUs = periodMs * 1000;
  const divisor = commonDivisor(amount, periodUs);
  const cost = periodUs / divisor;
  return { perUs: amount / divisor, cost, capacity: burst * cost };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
