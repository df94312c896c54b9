import { family, histogramFamily } from './exposition.ts';
import { metricFamilies as families } from './metric-families.ts';
import { overheadBounds, SecondsHistogram } from './seconds-histogram.ts';

/** What access keys cost, told by whoever checks them. */
export interface KeyTimes {
  /** Milliseconds. */
  readonly authenticated: (ms: number) => void;
  readonly cacheHit: () => void;
  /** Milliseconds. */
  readonly resolved: (ms: number) => void;
}

export interface KeyMetrics {
  readonly times: KeyTimes;
  readonly render: () => string[];
}

export function createKeyMetrics(): KeyMetrics {
  const auth = new SecondsHistogram(overheadBounds);
  const resolve = new SecondsHistogram(overheadBounds);
  let hits = 0;
  return {
    times: {
      authenticated: (ms) => auth.record(ms),
      cacheHit: () => void hits++,
      resolved: (ms) => resolve.record(ms),
    },
    render: () => [
      histogramFamily(families.authDuration, [['', auth]]),
      family(families.authCacheHits, [['tier="lru"', hits]]),
      histogramFamily(families.directiveResolve, [['', resolve]]),
    ],
  };
}
