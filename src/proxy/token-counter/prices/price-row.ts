/** US dollars per million tokens (or per thousand uses, where a name says so), exactly: at most six decimals. */
type Decimal = string;

/** Prices from a prompt length on; the whole request moves to the tier, its output too. */
export interface PriceTier {
  /** Holds for prompts of more tokens than this: strictly more. */
  readonly above: number;
  readonly input: Decimal;
  /** Null where it is not known: a quarter of the input price is taken, and said to be an estimate. */
  readonly cache_read: Decimal | null;
  /** Null where writes are billed as input. */
  readonly cache_write: Decimal | null;
  /** Of the long lifetime; null where there is none, or where writes are billed as input. */
  readonly cache_write_1h: Decimal | null;
  readonly output: Decimal;
  /** Left out where audio is not priced apart. */
  readonly input_audio?: Decimal | undefined;
}

/** A factor on the row's prices, from a day (inclusive) to a day (exclusive), UTC. */
interface DatedMultiplier {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly multiplier: Decimal;
  /** The provider does not bill this mode by list price: the amount is an estimate. */
  readonly estimated?: boolean | undefined;
}

/** Null: the mode exists, and its price is not known. */
export type ModePrice = Decimal | null | readonly DatedMultiplier[];

/** What one model of one provider costs in a span of time: a row of `templates/prices.json` or of the user's own file. */
export interface PriceRow {
  readonly provider: string;
  readonly id: string;
  readonly aliases?: readonly string[] | undefined;
  /** The first day, UTC; null for always. */
  readonly from: string | null;
  /** The day on which it no longer holds, UTC; null for no end. */
  readonly to: string | null;
  readonly tiers: readonly PriceTier[];
  /** Besides the ordinary mode, whose multiplier is 1. */
  readonly modes?: Readonly<Record<string, ModePrice>> | undefined;
  readonly geo?: Readonly<Record<string, Decimal>> | undefined;
  readonly tools?:
    { readonly web_search_per_1k?: Decimal | undefined; readonly file_search_per_1k?: Decimal | undefined } | undefined;
  /** Play money: the row also stands for every id that goes on with a dash behind its own. */
  readonly demo?: boolean | undefined;
  readonly source?: string | undefined;
  readonly note?: string | undefined;
}

/** A file of price rows. */
export interface PriceFile {
  readonly version: 1;
  /** The day on which the rows were looked up. */
  readonly as_of: string;
  readonly rows: readonly PriceRow[];
}
