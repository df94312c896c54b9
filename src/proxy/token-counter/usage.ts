/** Tokens of one request as the provider counted them, in four classes of which each token is in one, and two parts shown apart. */
export interface Tokens {
  /** Fresh input: neither read from nor written to the provider's prompt cache. */
  readonly input: number;
  readonly cacheRead: number;
  /** All cache writes, whatever their lifetime. */
  readonly cacheWrite: number;
  /** The part of `cacheWrite` with the long lifetime (an hour at Anthropic, twelve at OpenAI). */
  readonly cacheWrite1h: number;
  /** All output, reasoning included. */
  readonly output: number;
  /** The part of `output` that was reasoning, where the provider says so. */
  readonly reasoning: number;
}

/**
 * How far the numbers can be trusted: `exact`, the provider's final usage; `partial`, cut short after some usage;
 * `estimated`, counted or guessed by us; `subscription`, exact tokens at list prices of what a plan already paid for;
 * `unmetered`, an endpoint that reports no usage.
 */
export type Exactness = 'exact' | 'partial' | 'estimated' | 'subscription' | 'unmetered';
