/** What a request cost. One picodollar is 1e-12 USD; a price of 1 USD per million tokens is 1,000,000 of them a token. */
export type Cost =
  | { readonly picodollars: number; readonly savedPicodollars: number; readonly unpricedReason: null }
  | { readonly picodollars: null; readonly savedPicodollars: null; readonly unpricedReason: string };

/** What the tokens of one class came to. */
export interface CostPart {
  /** `cache_write` is without those of the long lifetime, which are `cache_write_1h`. */
  readonly class: 'input' | 'cache_read' | 'cache_write' | 'cache_write_1h' | 'output';
  readonly tokens: number;
  readonly picodollars: number;
}
