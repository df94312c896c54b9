import type { PricedModel, PriceTable } from './price-table.ts';

/** What decides how dear a request can become. */
interface CeilingQuestion {
  readonly provider: string;
  /** Marked local: it costs nothing. */
  readonly local: boolean;
  readonly model: string | null;
  /** Unix milliseconds. */
  readonly wallMs: number;
  /** The service tier or speed that it asks for, or null. */
  readonly mode: string | null;
  /** At most. */
  readonly promptTokens: number;
}

/** The most that a token can cost, in picodollars, whatever class it is billed as. */
interface PriceCeiling {
  readonly input: number;
  readonly output: number;
}

/** Null where no price is known. Fees for tools, such as web search, are not in it. */
export type CeilingOf = (question: CeilingQuestion) => PriceCeiling | null;

const free: PriceCeiling = { input: 0, output: 0 };

/** The dearest class of input, in the tier of the longest prompt that it can be, at the dearest place. */
export function priceCeiling(table: PriceTable): CeilingOf {
  return ({ provider, local, model, wallMs, mode, promptTokens }) => {
    if (local && !table.isDemo(provider)) return free;
    const priced = model === null ? null : table.find(provider, model, wallMs);
    if (priced === null) return null;
    const { divisor, input, audioInput, cacheWrite, cacheWrite1h, output } = priced
      .tier(promptTokens)
      .rates(multiplierOf(priced, mode, wallMs), priced.dearestGeo);
    const dearest = Math.max(input, audioInput, cacheWrite, cacheWrite1h ?? 0);
    return { input: Math.ceil(dearest / divisor), output: Math.ceil(output / divisor) };
  };
}

/** A tier that makes it cheaper may not be granted; one that the row does not know, such as `auto`, is the ordinary one. */
function multiplierOf(priced: PricedModel, mode: string | null, wallMs: number): string {
  const multiplier = mode === null ? undefined : priced.mode(mode, wallMs)?.multiplier;
  return multiplier !== undefined && Number(multiplier) > 1 ? multiplier : '1';
}
