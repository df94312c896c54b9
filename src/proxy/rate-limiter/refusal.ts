import { ProxyError, type QuotaFacts } from '../errors.ts';
import { rateText, type LimitRule } from '../quota.ts';
import type { RuleBuckets } from './rule-buckets.ts';

export interface Refused {
  readonly buckets: RuleBuckets;
  readonly place: number;
  readonly subject: string;
  readonly waitMs: number;
  /** Whether the request uses tokens. */
  readonly tokens: boolean;
}

/** What a refused request is told: by which limit, how much that is, and when to come back. */
export function refusal({ buckets, place, subject, waitMs, tokens }: Refused, wall: number): ProxyError {
  const { rule } = buckets;
  const scarce = buckets.scarce(place, tokens);
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  const message =
    `the limit ${rule.name} allows ${allowance(rule, scarce)}${subjectText(rule, subject)}; ` +
    `come back in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}`;
  if (scarce === 'concurrent') return new ProxyError('rate_limited', message, { retryAfterSeconds });
  return new ProxyError('rate_limited', message, { retryAfterSeconds, quota: quota(buckets, place, scarce, wall) });
}

function allowance({ requests, tokens, concurrent }: LimitRule, scarce: 'requests' | 'tokens' | 'concurrent'): string {
  const rate = scarce === 'requests' ? requests : tokens;
  if (scarce !== 'concurrent' && rate !== null) return `${rateText(rate)} ${scarce}`;
  return concurrent === 1 ? 'one request at a time' : `${concurrent} requests at a time`;
}

function subjectText({ per }: LimitRule, subject: string): string {
  if (per === 'all') return '';
  if (subject === 'none') return ` to whoever names no ${per}`;
  return ` for the ${per === 'ip' ? 'address' : per} ${subject}`;
}

function quota(buckets: RuleBuckets, place: number, unit: 'requests' | 'tokens', wall: number): QuotaFacts {
  const rate = unit === 'requests' ? buckets.rule.requests : buckets.rule.tokens;
  const resetMs = buckets.fullInMs(place, unit);
  return { unit, limit: rate?.amount ?? 0, remaining: 0, resetMs, resetAt: wall + resetMs };
}
