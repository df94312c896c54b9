import type { CostPart } from '../cost.ts';
import type { BilledLine } from '../reading.ts';
import type { Tokens } from '../usage.ts';
import type { PriceTable } from './price-table.ts';
import { amountOf, type Rates } from './rates.ts';

/** What is known of a request that was priced a while ago. */
export interface PricedRequest {
  readonly provider: string | null;
  readonly model: string | null;
  /** Unix milliseconds at which it began. */
  readonly time: number;
  readonly tokens: Tokens | null;
  /** What it came to; null where that is not known. */
  readonly picodollars: number | null;
  readonly mode: string | null;
  readonly geo: string | null;
}

/**
 * What each class of a request's tokens cost, by the price row that held for it. Null unless that comes to its cost, to
 * the picodollar: tools, audio, several models or other prices since then went into some.
 */
export function costParts(table: PriceTable, request: PricedRequest): CostPart[] | null {
  const { tokens, picodollars } = request;
  const rates = tokens && ratesFor(table, request, tokens);
  if (tokens === null || rates === null) return null;
  const total = amountOf(lineOf(tokens), rates).picodollars;
  if (total !== picodollars) return null;
  const classes: readonly (readonly [CostPart['class'], number, number])[] = [
    ['input', tokens.input, rates.input],
    ['cache_read', tokens.cacheRead, rates.cacheRead],
    ['cache_write', tokens.cacheWrite - tokens.cacheWrite1h, rates.cacheWrite],
    ['cache_write_1h', tokens.cacheWrite1h, rates.cacheWrite1h ?? 0],
    ['output', tokens.output, rates.output],
  ];
  const parts = classes
    .filter(([, count]) => count > 0)
    .map(([name, count, rate]) => ({
      class: name,
      tokens: count,
      picodollars: Math.floor((count * rate) / rates.divisor),
    }));
  return summingUpTo(total, parts);
}

function ratesFor(table: PriceTable, request: PricedRequest, tokens: Tokens): Rates | null {
  const { provider, model, time, mode, geo } = request;
  const priced = table.find(provider ?? '', model ?? '', time);
  if (priced === null) return null;
  const multiplier = mode === null ? '1' : priced.mode(mode, time)?.multiplier;
  const place = geo === null ? '1' : priced.geo(geo);
  if (multiplier === undefined || place === null) return null;
  return priced.tier(lineOf(tokens).promptTokens).rates(multiplier, place);
}

/** As most are billed; where it was another way, the sum tells. */
function lineOf(tokens: Tokens): BilledLine {
  return { model: null, tokens, promptTokens: tokens.input + tokens.cacheRead + tokens.cacheWrite, audioInput: 0 };
}

/** What rounding took from the parts goes to the largest: a few picodollars. */
function summingUpTo(total: number, parts: readonly CostPart[]): CostPart[] {
  const rest = parts.reduce((left, { picodollars }) => left - picodollars, total);
  const largest = Math.max(...parts.map(({ picodollars }) => picodollars));
  const index = parts.findIndex(({ picodollars }) => picodollars === largest);
  return parts.map((part, at) => (at === index ? { ...part, picodollars: part.picodollars + rest } : part));
}
