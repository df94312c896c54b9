export { estimator, type Estimator } from './estimate/estimator.ts';
export type { Refinement } from './meter.ts';
export { loadPrices, type LoadedPrices } from './prices/load.ts';
export { free, pricing, type Pricing } from './prices/pricing.ts';
export type { LiveUsage } from './reading.ts';
export { tokenCounter, type TokenCounterParts } from './stage.ts';
export { usageProgress, type UsageProgress } from './usage-progress.ts';
