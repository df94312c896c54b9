import type { JsonObject } from '../json.ts';
import type { Tokens } from './usage.ts';

/** Tokens of one request that one model bills at one price. */
export interface BilledLine {
  /** As the provider names it; null where it does not say: the model that was asked for. */
  readonly model: string | null;
  readonly tokens: Tokens;
  /** The input that decides whether the long-context price applies. */
  readonly promptTokens: number;
  /** The part of `tokens.input` that was audio. */
  readonly audioInput: number;
}

/** What a provider says that it bills for one request. */
export interface Reading {
  /** One line, but for requests in which several models took part. Never empty. */
  readonly lines: readonly BilledLine[];
  /** The service tier or speed that was billed; null for the ordinary one. */
  readonly mode: string | null;
  /** Where inference ran, if that changes the price; null where it does not. */
  readonly geo: string | null;
  readonly webSearches: number;
  readonly fileSearches: number;
  /** This is the provider's last word; false while a stream is under way, and for ever if it was cut. */
  readonly final: boolean;
  /** Why even the last word does not tell the bill exactly; null where it does. */
  readonly doubt: 'partial' | 'estimated' | null;
  /** Why no price row can say what this costs: something is billed that the rows do not know. */
  readonly unpriced: string | null;
  /** The usage object as it came; null where it was too large to keep. */
  readonly raw: JsonObject | null;
}

/** A provider's own words on a request's usage, enough to price it again later. */
export interface UsageEvidence {
  readonly usage: JsonObject;
  readonly mode: string | null;
  readonly geo: string | null;
}

/** What is known of a request while its reply is under way. */
export interface LiveUsage {
  readonly tokens: Tokens;
  /** The cost so far; null where it is not known. */
  readonly picodollars: number | null;
}

/** A usage object of more bytes than this is read, but not kept. */
export const maxRawBytes = 4096;

/** All tokens of a request, whichever model billed them. */
export function totalTokens({ lines }: Reading): Tokens {
  const first = (lines[0] as BilledLine).tokens;
  if (lines.length === 1) return first;
  return lines.slice(1).reduce(
    (sum, { tokens }) => ({
      input: sum.input + tokens.input,
      cacheRead: sum.cacheRead + tokens.cacheRead,
      cacheWrite: sum.cacheWrite + tokens.cacheWrite,
      cacheWrite1h: sum.cacheWrite1h + tokens.cacheWrite1h,
      output: sum.output + tokens.output,
      reasoning: sum.reasoning + tokens.reasoning,
    }),
    first,
  );
}
