import type { ModePrice, PriceRow, PriceTier } from './price-row.ts';
import { ratesOf, type Rates } from './rates.ts';

/** A row made ready for calculation. */
export interface PricedModel {
  readonly webSearchPicodollars: number | null;
  readonly fileSearchPicodollars: number | null;
  /** The multiplier of a mode at a time; null where the row does not know it. */
  readonly mode: (mode: string, wallMs: number) => PricedMode | null;
  readonly geo: (geo: string) => string | null;
  /** The multiplier of the dearest place, at least 1. */
  readonly dearestGeo: string;
  readonly tier: (promptTokens: number) => PricedTier;
}

export interface PricedMode {
  readonly multiplier: string;
  readonly estimated: boolean;
}

interface PricedTier {
  readonly row: PriceTier;
  /** Kept once worked out: a row has only so many modes and places. */
  readonly rates: (modeMultiplier: string, geoMultiplier: string) => Rates;
}

export interface PriceTable {
  readonly knows: (provider: string) => boolean;
  /** The provider's rows are play money. */
  readonly isDemo: (provider: string) => boolean;
  /** The row that holds for a model at a time; null where there is none. */
  readonly find: (provider: string, model: string, wallMs: number) => PricedModel | null;
}

/** From a moment (inclusive) to a moment (exclusive), in Unix milliseconds. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface DatedModel extends Span {
  readonly model: PricedModel;
}

interface ProviderRows {
  readonly byId: Map<string, DatedModel[]>;
  readonly byAlias: Map<string, DatedModel[]>;
  /** Ids of demo rows, the longest first. */
  readonly demoIds: string[];
}

const dated = /-20\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))$/;

/**
 * Finds prices by exact names: a row's id, one of its aliases, or its id followed by a date. A model whose name only
 * begins like another's has no price, for it is not the same model.
 *
 * @param rows Where several rows of one model hold at a time, the first counts.
 */
export function priceTable(rows: readonly PriceRow[]): PriceTable {
  const providers = new Map<string, ProviderRows>();
  for (const row of rows) {
    const known: ProviderRows = providers.get(row.provider) ?? { byId: new Map(), byAlias: new Map(), demoIds: [] };
    providers.set(row.provider, known);
    const model = { ...spanOf(row), model: pricedModel(row) };
    addTo(known.byId, row.id, model);
    for (const alias of row.aliases ?? []) addTo(known.byAlias, alias, model);
    if (row.demo) known.demoIds.push(row.id);
    known.demoIds.sort((a, b) => b.length - a.length);
  }
  return {
    knows: (provider) => providers.has(provider),
    isDemo: (provider) => (providers.get(provider)?.demoIds.length ?? 0) > 0,
    find(provider, model, wallMs) {
      const known = providers.get(provider);
      const models = known && modelsNamed(known, model);
      return models?.find((span) => holds(span, wallMs))?.model ?? null;
    },
  };
}

function modelsNamed({ byId, byAlias, demoIds }: ProviderRows, model: string): DatedModel[] | undefined {
  const named = byId.get(model) ?? byAlias.get(model);
  if (named !== undefined) return named;
  const date = dated.exec(model);
  const undatedModels = date && byId.get(model.slice(0, date.index));
  if (undatedModels) return undatedModels;
  const demoId = demoIds.find((id) => model.startsWith(`${id}-`));
  return demoId === undefined ? undefined : byId.get(demoId);
}

function pricedModel({ tiers, modes, geo, tools }: PriceRow): PricedModel {
  const pricedTiers = [...tiers]
    .sort((a, b) => b.above - a.above)
    .map((tier) => ({ above: tier.above, tier: pricedTier(tier) }));
  const lowest = pricedTiers[pricedTiers.length - 1];
  if (lowest === undefined) throw new Error('a price row has at least one tier');
  const multipliers = new Map(Object.entries(modes ?? {}).map(([mode, price]) => [mode, datedModes(price)]));
  const geoMultipliers = new Map(Object.entries(geo ?? {}));
  return {
    webSearchPicodollars: picodollarsPerUse(tools?.web_search_per_1k),
    fileSearchPicodollars: picodollarsPerUse(tools?.file_search_per_1k),
    mode: (mode, wallMs) => multipliers.get(mode)?.find((span) => holds(span, wallMs)) ?? null,
    geo: (place) => geoMultipliers.get(place) ?? null,
    dearestGeo: [...geoMultipliers.values()].reduce((a, b) => (Number(b) > Number(a) ? b : a), '1'),
    tier: (promptTokens) => (pricedTiers.find(({ above }) => promptTokens > above) ?? lowest).tier,
  };
}

function pricedTier(row: PriceTier): PricedTier {
  const kept = new Map<string, Rates>();
  return {
    row,
    rates(modeMultiplier, geoMultiplier) {
      const key = `${modeMultiplier}*${geoMultiplier}`;
      let rates = kept.get(key);
      if (rates === undefined) {
        rates = ratesOf(row, [modeMultiplier, geoMultiplier]);
        kept.set(key, rates);
      }
      return rates;
    },
  };
}

function datedModes(price: ModePrice): readonly (Span & PricedMode)[] {
  if (price === null) return [];
  const multipliers = typeof price === 'string' ? [{ multiplier: price }] : price;
  return multipliers.map((dated) => ({
    ...spanOf(dated),
    multiplier: dated.multiplier,
    estimated: dated.estimated === true,
  }));
}

/** A thousand uses at a dollar are 10^9 picodollars a use. */
function picodollarsPerUse(dollarsPerThousand: string | undefined): number | null {
  if (dollarsPerThousand === undefined) return null;
  const [whole = '', fraction = ''] = dollarsPerThousand.split('.');
  return Number(whole + fraction.padEnd(9, '0'));
}

function spanOf({ from, to }: { from?: string | null | undefined; to?: string | null | undefined }): Span {
  return { fromMs: from == null ? -Infinity : dayMs(from), toMs: to == null ? Infinity : dayMs(to) };
}

function holds({ fromMs, toMs }: Span, wallMs: number): boolean {
  return fromMs <= wallMs && wallMs < toMs;
}

function dayMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function addTo(map: Map<string, DatedModel[]>, name: string, model: DatedModel): void {
  const models = map.get(name);
  if (models) models.push(model);
  else map.set(name, [model]);
}
