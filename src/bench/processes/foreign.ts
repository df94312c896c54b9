import { machineCpuMs, processCpuMs } from './usage.ts';

/** Beyond this, in percent of a core, the figures say more of others than of what is measured. */
export const foreignLimitPercent = 15;

/** Begins to look at what processes other than these use; what it gives tells it in percent of one core; NaN without `/proc`. */
export function watchForeign(ownPids: readonly number[]): () => number {
  const used = (): number => machineCpuMs() - ownPids.reduce((sum, pid) => sum + processCpuMs(pid), 0);
  const [usedBefore, startedAt] = [used(), performance.now()];
  return () => ((used() - usedBefore) / (performance.now() - startedAt)) * 100;
}
