/** What a request cost. One picodollar is 1e-12 USD; a price of 1 USD per million tokens is 1,000,000 of them a token. */
export type Cost =
  | { readonly picodollars: number; readonly savedPicodollars: number; readonly unpricedReason: null }
  | { readonly picodollars: null; readonly savedPicodollars: null; readonly unpricedReason: string };
