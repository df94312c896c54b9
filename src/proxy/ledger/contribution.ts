import { isObject, type JsonObject } from '../json.ts';
import { isError } from '../outcome.ts';
import type { Outcome, RequestRecord } from '../record.ts';
import { boundedName } from '../request-json.ts';
import { type Charge, chargesFrom, chargesOf } from '../spending.ts';
import type { Tokens } from '../token-counter/usage.ts';

/** The provider whose dollars are play money. */
const demoProvider = 'loopback';

/** What one request adds to the totals of its day. */
export interface Contribution {
  /** Unix milliseconds. */
  readonly time: number;
  readonly model: string | null;
  readonly provider: string | null;
  readonly project: string | null;
  readonly isError: boolean;
  readonly isEstimated: boolean;
  /** It went to a provider, or may have, and nobody knows its price. */
  readonly isUnpriced: boolean;
  /** Its dollars are play money. */
  readonly isDemo: boolean;
  readonly tokens: Tokens | null;
  readonly picodollars: bigint;
  readonly savedPicodollars: bigint;
  /** What it adds to the accounts of budgets. */
  readonly charges: readonly Charge[];
}

export function contributionOf(record: RequestRecord): Contribution {
  const { cost, caller } = record;
  return {
    time: record.time,
    model: record.model === null ? null : boundedName(record.model),
    provider: record.provider,
    project: caller.project === null ? null : boundedName(caller.project),
    isError: isError(record.outcome),
    isEstimated: record.exactness === 'estimated',
    isUnpriced: cost.picodollars === null && mayHaveCost(record.outcome, record.attempts),
    isDemo: isDemo(record),
    tokens: record.tokens,
    picodollars: BigInt(cost.picodollars ?? 0),
    savedPicodollars: BigInt(cost.savedPicodollars ?? 0),
    charges: chargesOf(record),
  };
}

/** What never reached a provider has no price to be unknown. */
function mayHaveCost(outcome: Outcome | null, attempts: unknown): boolean {
  return outcome === 'crash_unknown' || (Array.isArray(attempts) && attempts.length > 0);
}

export function isDemo({ provider }: Pick<RequestRecord, 'provider'>): boolean {
  return provider === demoProvider;
}

/**
 * Reads back what a request added from the members of its line; null where they are not what this version writes.
 *
 * @param members `saved`, `why` and `request`, which is the request's JSON
 */
export function contributionFrom(members: JsonObject): Contribution | null {
  const { request, saved } = members;
  if (!isObject(request)) return null;
  const time = typeof request['time'] === 'string' ? Date.parse(request['time']) : NaN;
  const picodollars = integerFrom(request['cost_picodollars']);
  const savedPicodollars = integerFrom(saved);
  const tokens = tokensFrom(request['tokens']);
  if (Number.isNaN(time) || picodollars === undefined || savedPicodollars === undefined || tokens === undefined) {
    return null;
  }
  const provider = nameFrom(request['provider']);
  const outcome = request['outcome'] as Outcome | null;
  return {
    time,
    model: nameFrom(request['model']),
    provider,
    project: nameFrom(request['project']),
    isError: isError(outcome),
    isEstimated: request['exactness'] === 'estimated',
    isUnpriced: picodollars === null && mayHaveCost(outcome, request['attempts']),
    isDemo: isDemo({ provider }),
    tokens,
    picodollars: picodollars ?? 0n,
    savedPicodollars: savedPicodollars ?? 0n,
    charges: chargesFrom(isObject(members['why']) ? members['why']['budgets'] : null),
  };
}

function nameFrom(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Decimal digits as an integer, null as null, anything else as undefined. */
export function integerFrom(value: unknown): bigint | null | undefined {
  if (value === null) return null;
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? BigInt(value) : undefined;
}

/** Tokens as our JSON names them; undefined where something else stands there. */
export function tokensFrom(value: unknown): Tokens | null | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  const tokens = {
    input: value['input'],
    cacheRead: value['cache_read'],
    cacheWrite: value['cache_write'],
    cacheWrite1h: value['cache_write_1h'],
    output: value['output'],
    reasoning: value['reasoning'],
  };
  return Object.values(tokens).every(isCount) ? (tokens as Tokens) : undefined;
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
