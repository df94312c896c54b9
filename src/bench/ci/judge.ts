import { ratioNames, type RatioName, type Ratios } from './ratios.ts';

/** How much larger than the baseline's a ratio may be: S1-7's 20 %. */
const tolerance = 0.2;

export interface RatioResult {
  readonly name: RatioName;
  readonly now: Ratios[RatioName];
  readonly before: number | null;
  /** The baseline's and its tolerance. */
  readonly limit: number | null;
  readonly verdict: 'pass' | 'fail' | 'skipped';
}

/** A median decides, but for p99: that of a busy second is far off, so that its whole interval must lie above the limit. */
const decisive: Readonly<Record<RatioName, 'median' | 'low'>> = { cpu_time: 'median', p50: 'median', p99: 'low' };

/** Judges each ratio against the baseline's. What either of them lacks is skipped. */
export function judgeRatios(now: Ratios, before: Readonly<Record<RatioName, number | null>>): RatioResult[] {
  return ratioNames.map((name) => {
    const [measured, base] = [now[name], before[name]];
    if (measured === null || base === null)
      return { name, now: measured, before: base, limit: null, verdict: 'skipped' };
    const limit = base * (1 + tolerance);
    const verdict = measured[decisive[name]] > limit ? 'fail' : 'pass';
    return { name, now: measured, before: base, limit, verdict };
  });
}

export type Outcome = 'PASS' | 'FAIL' | 'SKIPPED';

/** What a run comes to. One that was disturbed says nothing, good or bad, and one that could judge nothing does not pass. */
export function outcomeOf(results: readonly RatioResult[], invalid: readonly string[]): Outcome {
  if (invalid.length > 0 || results.every(({ verdict }) => verdict === 'skipped')) return 'SKIPPED';
  return results.some(({ verdict }) => verdict === 'fail') ? 'FAIL' : 'PASS';
}
