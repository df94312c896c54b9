import type { Cost } from '../cost.ts';
import type { BilledLine, Reading } from '../reading.ts';
import type { Exactness } from '../usage.ts';
import type { PricedMode, PricedModel, PriceTable } from './price-table.ts';
import { amountOf, type Amount } from './rates.ts';

/** What decides a price besides the usage. */
export interface PricingContext {
  readonly provider: string;
  /** On this machine or network: costs nothing. */
  readonly local: boolean;
  /** When the request began: the row that held then counts. */
  readonly wallMs: number;
  /** The model that was asked of the provider, taken where its answer names none. */
  readonly model: string | null;
  /** A plan pays: the cost is what the same request would have cost at list prices. */
  readonly subscription: boolean;
}

export interface Priced {
  readonly cost: Cost;
  readonly exactness: Exactness;
}

/** What a request costs: from the provider's own usage, by exact rows, or not at all. Under a microsecond. */
export type Pricing = (reading: Reading, context: PricingContext) => Priced;

/** Nothing was billed. */
export const free: Cost = { picodollars: 0, savedPicodollars: 0, unpricedReason: null };

/**
 * Why a cost is null. The list is API:
 * `unknown_provider`, `unknown_model`, `unknown_mode`, `unknown_geo`, `unknown_cache_lifetime`, `unknown_tool`: no row;
 * `unknown_usage_field`, `unknown_modality`, `image_generation`: billed, and not priced by rows of text tokens;
 * `unmetered`: the endpoint reports no usage; `no_usage`: there is nothing to estimate from; `too_large`: more than
 * 9,007 dollars, which no request is.
 */
export function unpriced(reason: string): Cost {
  return { picodollars: null, savedPicodollars: null, unpricedReason: reason };
}

export function pricing(table: PriceTable): Pricing {
  return (reading, context) => {
    const doubt = reading.doubt ?? (reading.final ? 'exact' : 'partial');
    // A demo provider runs on this machine and has prices to show.
    if (context.local && !table.isDemo(context.provider)) return { cost: free, exactness: doubt };
    const bill = addUp(table, reading, context);
    const exactness = context.subscription ? 'subscription' : bill.estimated && doubt === 'exact' ? 'estimated' : doubt;
    return { cost: bill.cost, exactness };
  };
}

interface Bill {
  readonly cost: Cost;
  readonly estimated: boolean;
}

function addUp(table: PriceTable, reading: Reading, context: PricingContext): Bill {
  if (reading.unpriced !== null) return { cost: unpriced(reading.unpriced), estimated: false };
  let picodollars = 0;
  let savedPicodollars = 0;
  let estimated = false;
  let first: PricedModel | null = null;
  for (const line of reading.lines) {
    const model = modelOf(table, line, context);
    if (model === null) return nothing(table.knows(context.provider) ? 'unknown_model' : 'unknown_provider');
    const priced = priceLine(model, line, { reading, wallMs: context.wallMs });
    if (typeof priced === 'string') return nothing(priced);
    picodollars += priced.amount.picodollars;
    savedPicodollars += priced.amount.savedPicodollars;
    estimated ||= priced.estimated;
    first ??= model;
  }
  const tools = first === null ? 0 : priceTools(first, reading);
  if (tools === null) return nothing('unknown_tool');
  picodollars += tools;
  if (picodollars > Number.MAX_SAFE_INTEGER) return nothing('too_large');
  return { cost: { picodollars, savedPicodollars, unpricedReason: null }, estimated };
}

/** The prices of the model that a line names, or else of the one that was asked of the provider. */
function modelOf(table: PriceTable, line: BilledLine, context: PricingContext): PricedModel | null {
  return table.find(context.provider, line.model ?? context.model ?? '', context.wallMs);
}

const ordinary: PricedMode = { multiplier: '1', estimated: false };

/** One line's price, or the reason why it has none. */
function priceLine(
  model: PricedModel,
  line: BilledLine,
  { reading, wallMs }: { reading: Reading; wallMs: number },
): { amount: Amount; estimated: boolean } | string {
  const mode = reading.mode === null ? ordinary : model.mode(reading.mode, wallMs);
  if (mode === null) return 'unknown_mode';
  const geo = reading.geo === null ? '1' : model.geo(reading.geo);
  if (geo === null) return 'unknown_geo';
  const tier = model.tier(line.promptTokens);
  const rates = tier.rates(mode.multiplier, geo);
  if (rates.cacheWrite1h === null && line.tokens.cacheWrite1h > 0) return 'unknown_cache_lifetime';
  const guessed =
    (tier.row.cache_read === null && line.tokens.cacheRead > 0) ||
    (tier.row.input_audio === undefined && line.audioInput > 0);
  return { amount: amountOf(line, rates), estimated: guessed || mode.estimated };
}

/** Tools have one price, whatever the mode; null where the row names none for what was used. */
function priceTools(model: PricedModel, { webSearches, fileSearches }: Reading): number | null {
  let picodollars = 0;
  if (webSearches > 0) {
    if (model.webSearchPicodollars === null) return null;
    picodollars += webSearches * model.webSearchPicodollars;
  }
  if (fileSearches > 0) {
    if (model.fileSearchPicodollars === null) return null;
    picodollars += fileSearches * model.fileSearchPicodollars;
  }
  return picodollars;
}

function nothing(reason: string): Bill {
  return { cost: unpriced(reason), estimated: false };
}
