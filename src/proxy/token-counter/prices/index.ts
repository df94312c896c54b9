export { checkPrices, dayOf } from './check.ts';
export { holdsOn } from './compare.ts';
export { importPrices, type CatalogueFormat } from './import.ts';
export { overriding, readIfThere, shippedPrices } from './load.ts';
export { parsePriceFile, type CheckedPriceFile } from './price-file.ts';
export type { PriceRow } from './price-row.ts';
export { savePriceFile } from './save.ts';
