import { sameDecimal } from './decimal.ts';
import type { PriceRow, PriceTier } from './price-row.ts';

/** The row of a model that holds on a day (`YYYY-MM-DD`, UTC). */
export function rowOn(
  rows: readonly PriceRow[],
  { provider, id }: Pick<PriceRow, 'provider' | 'id'>,
  day: string,
): PriceRow | undefined {
  return rows.find((row) => row.provider === provider && row.id === id && holdsOn(row, day));
}

export function holdsOn({ from, to }: PriceRow, day: string): boolean {
  return (from === null || from <= day) && (to === null || day < to);
}

const kinds = ['input', 'cache_read', 'cache_write', 'cache_write_1h', 'output'] as const;

/**
 * How the prices of one row differ from those of another, such as `input 2 → 4`; '' where they do not.
 *
 * @param counts Whether a kind of price that one of the two does not tell counts as a difference.
 */
export function priceChanges(before: PriceRow, after: PriceRow, counts: 'all' | 'told'): string {
  const bounds = [...new Set([...before.tiers, ...after.tiers].map(({ above }) => above))].sort((a, b) => a - b);
  return bounds
    .flatMap((above) =>
      tierChanges(tierAt(before, above), tierAt(after, above), counts).map((change) => where(above) + change),
    )
    .join(', ');
}

function tierAt({ tiers }: PriceRow, above: number): PriceTier {
  return tiers.findLast((tier) => tier.above <= above) as PriceTier;
}

function tierChanges(before: PriceTier, after: PriceTier, counts: 'all' | 'told'): string[] {
  return kinds.flatMap((kind) => {
    const [was, is] = [before[kind], after[kind]];
    if (was === is || (was !== null && is !== null && sameDecimal(was, is))) return [];
    if (counts === 'told' && (was === null || is === null)) return [];
    return [`${kind} ${was ?? '?'} → ${is ?? '?'}`];
  });
}

function where(above: number): string {
  return above === 0 ? '' : `above ${above} `;
}
