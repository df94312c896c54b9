import { isObject, type JsonObject } from '../../json.ts';
import { decimalOf, quotient, sameDecimal } from './decimal.ts';
import type { PriceRow, PriceTier } from './price-row.ts';

/** What a catalogue gave. */
export interface Catalogue {
  readonly rows: readonly PriceRow[];
  /** What could not be taken over, a line each. */
  readonly problems: readonly string[];
}

/** A price that cannot be taken over; its message says which. */
class PriceProblem extends Error {}

const perToken = 6;
const perThousandUses = 3;
const thresholds = /_above_(\d+)k_tokens$/;
const modes = { flex: '_flex', priority: '_priority', batch: '_batches' } as const;

/**
 * Reads LiteLLM's `model_prices_and_context_window.json`: dollars a token, as numbers, by model
 * (https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json). Models that are not billed by
 * tokens are left out; models whose prices cannot be taken over exactly are left out and named. Rows have no dates: the
 * catalogue knows today's prices only.
 *
 * @param isWanted Whether rows of a provider are wanted.
 */
export function liteLlmCatalogue(json: unknown, isWanted: (provider: string) => boolean): Catalogue {
  if (!isObject(json)) return { rows: [], problems: ['expected an object with a member for each model'] };
  const rows: PriceRow[] = [];
  const problems: string[] = [];
  for (const [name, entry] of Object.entries(json)) {
    if (!isObject(entry) || typeof entry['input_cost_per_token'] !== 'number') continue;
    const provider = entry['litellm_provider'];
    if (typeof provider !== 'string' || !isWanted(provider)) continue;
    try {
      rows.push(rowOf(provider, name, entry, (problem) => problems.push(`${name}: ${problem}`)));
    } catch (error) {
      if (!(error instanceof PriceProblem)) throw error;
      problems.push(`${name}: ${error.message}`);
    }
  }
  return { rows, problems };
}

function rowOf(provider: string, name: string, entry: JsonObject, warn: (problem: string) => void): PriceRow {
  const base = tierOf(entry, 0, '');
  const reasoning = price(entry, 'output_cost_per_reasoning_token');
  if (reasoning !== null && !sameDecimal(reasoning, base.output)) {
    throw new PriceProblem('reasoning has a price of its own, which usage cannot be billed by');
  }
  const special = isObject(entry['provider_specific_entry']) ? entry['provider_specific_entry'] : {};
  const fast = multiplier(special['fast']);
  const us = multiplier(special['us']);
  const search = webSearch(entry);
  return {
    provider,
    id: name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name,
    from: null,
    to: null,
    tiers: [base, ...longTiers(entry, base)],
    modes: { ...modesOf(entry, base, warn), ...(fast === null ? {} : { fast }) },
    ...(us === null ? {} : { geo: { us } }),
    ...(search === null ? {} : { tools: { web_search_per_1k: search } }),
    source: 'litellm',
  };
}

/** @param suffix What stands behind a price's name for this tier. */
function tierOf(entry: JsonObject, above: number, suffix: string): PriceTier {
  const input = price(entry, `input_cost_per_token${suffix}`);
  const output = price(entry, `output_cost_per_token${suffix}`) ?? (entry['mode'] === 'embedding' ? '0' : null);
  if (input === null || output === null) throw new PriceProblem(`${input === null ? 'input' : 'output'} has no price`);
  const audio = suffix === '' ? price(entry, 'input_cost_per_audio_token') : null;
  return {
    above,
    input,
    cache_read: price(entry, `cache_read_input_token_cost${suffix}`),
    cache_write: price(entry, `cache_creation_input_token_cost${suffix}`),
    cache_write_1h: price(entry, `cache_creation_input_token_cost_above_1hr${suffix}`),
    output,
    ...(audio === null ? {} : { input_audio: audio }),
  };
}

/** Where a longer prompt has no price of its own for a kind of token, the catalogue means the price of the shorter one. */
function longTiers(entry: JsonObject, base: PriceTier): PriceTier[] {
  const numbers = Object.keys(entry).map((name) => Number(thresholds.exec(name)?.[1] ?? 0));
  const sorted = [...new Set(numbers)].filter((number) => number > 0).sort((a, b) => a - b);
  return sorted.map((number) => {
    const suffix = `_above_${number}k_tokens`;
    const own = (name: string): string | null => price(entry, `${name}${suffix}`);
    return {
      ...base,
      above: number * 1000,
      input: own('input_cost_per_token') ?? base.input,
      cache_read: own('cache_read_input_token_cost') ?? base.cache_read,
      cache_write: own('cache_creation_input_token_cost') ?? base.cache_write,
      cache_write_1h: own('cache_creation_input_token_cost_above_1hr') ?? base.cache_write_1h,
      output: own('output_cost_per_token') ?? base.output,
    };
  });
}

/** A mode is one factor on all prices: it is taken over where input and output agree on it. */
function modesOf(entry: JsonObject, base: PriceTier, warn: (problem: string) => void): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [mode, suffix] of Object.entries(modes)) {
    const input = price(entry, `input_cost_per_token${suffix}`);
    const output = price(entry, `output_cost_per_token${suffix}`);
    if (input === null && output === null) continue;
    const factors = [factorOf(input, base.input), factorOf(output, base.output)].filter((factor) => factor !== 'free');
    const [factor, ...others] = new Set(factors);
    if (factor == null || others.length > 0) warn(`the mode ${mode} is no single factor on its prices: left out`);
    else found[mode] = factor;
  }
  return found;
}

/** What a price is multiplied by in a mode; null where that is not told or not exact. What is free stays free by any factor. */
function factorOf(inMode: string | null, ordinary: string): string | null {
  if (sameDecimal(ordinary, '0')) return 'free';
  return inMode === null ? null : quotient(inMode, ordinary);
}

/** A price in dollars a million tokens; null where there is none. */
function price(entry: JsonObject, name: string): string | null {
  const value = entry[name];
  if (value === undefined || value === null) return null;
  const decimal = typeof value === 'number' ? decimalOf(value, perToken) : null;
  if (decimal === null)
    throw new PriceProblem(`${name} is ${JSON.stringify(value)}, not a whole number of picodollars`);
  return decimal;
}

function multiplier(value: unknown): string | null {
  return typeof value === 'number' ? decimalOf(value, 0) : null;
}

/** One price for a search, where it does not depend on how much of what was found is read. */
function webSearch(entry: JsonObject): string | null {
  const bySize = entry['search_context_cost_per_query'];
  if (!isObject(bySize)) return null;
  const [first, ...others] = [...new Set(Object.values(bySize))];
  return typeof first === 'number' && others.length === 0 ? decimalOf(first, perThousandUses) : null;
}
