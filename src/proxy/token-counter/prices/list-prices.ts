import type { PriceTable } from './price-table.ts';

/** A model's list price, for comparison only: of a token in and a token out, in picodollars; null where it is not known. */
export function listPrices(table: PriceTable, wall: () => number): (provider: string, model: string) => number | null {
  return (provider, model) => {
    const found = table.find(provider, model, wall());
    if (found === null) return null;
    const { divisor, input, output } = found.tier(0).rates('1', '1');
    return (input + output) / divisor;
  };
}
