import type { Tokens } from '../token-counter/usage.ts';
import { Histogram } from './histogram.ts';
import type { Measured } from './measured.ts';
import { PicodollarSum } from './picodollars.ts';
import type { BlockJson, TokensJson } from './snapshot.ts';

/** What a number of requests came to: counters, money and latencies. Two blocks merge into the block of all their requests. */
export class Block {
  requests = 0;
  errors = 0;
  readonly #tokens = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };
  readonly #cost = new PicodollarSum();
  readonly #saved = new PicodollarSum();
  #unpriced = 0;
  #estimated = 0;
  readonly #overhead = new Histogram();
  readonly #firstByte = new Histogram();
  readonly #total = new Histogram();
  #json: BlockJson | null = null;

  add(measured: Measured): void {
    const { record, latency } = measured;
    this.#json = null;
    this.requests++;
    if (measured.isError) this.errors++;
    if (measured.isUnpriced) this.#unpriced++;
    if (record.exactness === 'estimated') this.#estimated++;
    if (record.tokens) addTokens(this.#tokens, record.tokens);
    this.#cost.add(measured.picodollars);
    this.#saved.add(measured.savedPicodollars);
    this.#total.record(latency.total * 1000);
    this.#overhead.record(latency.overhead * 1000);
    if (latency.firstByte !== null) this.#firstByte.record(latency.firstByte * 1000);
  }

  merge(other: Block): void {
    this.#json = null;
    this.requests += other.requests;
    this.errors += other.errors;
    addTokens(this.#tokens, other.#tokens);
    this.#cost.merge(other.#cost);
    this.#saved.merge(other.#saved);
    this.#unpriced += other.#unpriced;
    this.#estimated += other.#estimated;
    this.#overhead.merge(other.#overhead);
    this.#firstByte.merge(other.#firstByte);
    this.#total.merge(other.#total);
  }

  clear(): void {
    this.#json = null;
    this.requests = this.errors = this.#unpriced = this.#estimated = 0;
    Object.assign(this.#tokens, noTokens);
    this.#cost.clear();
    this.#saved.clear();
    this.#overhead.clear();
    this.#firstByte.clear();
    this.#total.clear();
  }

  /** The block as JSON; kept until the block changes, since most blocks of a snapshot have not. */
  toJson(): BlockJson {
    return (this.#json ??= {
      requests: this.requests,
      errors: this.errors,
      tokens: tokensJson(this.#tokens),
      cost_usd: this.#cost.usd(),
      cost_picodollars: String(this.#cost.picodollars()),
      saved_usd: this.#saved.usd(),
      saved_picodollars: String(this.#saved.picodollars()),
      unpriced: this.#unpriced,
      estimated: this.#estimated,
      latency_ms: {
        overhead: this.#overhead.quantiles(),
        first_byte: this.#firstByte.quantiles(),
        total: this.#total.quantiles(),
      },
    });
  }
}

const noTokens: Tokens = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };

function addTokens(sum: { -readonly [Class in keyof Tokens]: number }, tokens: Tokens): void {
  sum.input += tokens.input;
  sum.cacheRead += tokens.cacheRead;
  sum.cacheWrite += tokens.cacheWrite;
  sum.cacheWrite1h += tokens.cacheWrite1h;
  sum.output += tokens.output;
  sum.reasoning += tokens.reasoning;
}

export function tokensJson(tokens: Tokens): TokensJson {
  return {
    input: tokens.input,
    cache_read: tokens.cacheRead,
    cache_write: tokens.cacheWrite,
    cache_write_1h: tokens.cacheWrite1h,
    output: tokens.output,
    reasoning: tokens.reasoning,
  };
}
