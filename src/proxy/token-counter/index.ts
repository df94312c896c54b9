export { estimator } from './estimate/estimator.ts';
export { priceCeiling } from './prices/ceiling.ts';
export type { CeilingOf } from './prices/ceiling.ts';
export { loadPrices } from './prices/load.ts';
export { listPrices } from './prices/list-prices.ts';
export { pricing } from './prices/pricing.ts';
export type { LiveUsage } from './reading.ts';
export { tokenCounter } from './stage.ts';
export { usageProgress } from './usage-progress.ts';
