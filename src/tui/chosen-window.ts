import type { WindowJson } from '../proxy/monitor/snapshot.ts';
import type { DashboardState, Slice } from './state.ts';
import type { View, Window } from './view.ts';

const secondsOf: Readonly<Record<Exclude<Window, 'run'>, number>> = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3600,
  '24h': 86_400,
};

/** What the requests of the chosen window came to; null before the proxy has told. */
export function chosenWindow({ snapshot }: DashboardState, { window }: View): WindowJson | null {
  if (snapshot === null) return null;
  return window === 'run' ? snapshot.run : snapshot.windows[window];
}

export interface Slices {
  /** That each of them covers. */
  readonly seconds: number;
  /** Oldest first. */
  readonly slices: readonly Slice[];
}

/** What one slice may cover, in seconds: few steps, so that a chart that grows with the run seldom changes its scale. */
const sliceSeconds = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];

/**
 * The chosen window cut into so many slices, none shorter than a second; where the proxy runs for less, only so much of
 * it as it runs.
 */
export function chosenSlices(state: DashboardState, { window }: View, count: number): Slices {
  const run = state.snapshot?.run.seconds ?? 0;
  const covered = window === 'run' ? run : Math.min(run, secondsOf[window]);
  const least = covered / Math.max(count, 1);
  const seconds = sliceSeconds.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
  return { seconds, slices: state.slices(seconds, count) };
}

/** Dollars a minute over the seconds that the window really covers; null where it covers none. */
export function dollarsPerMinute(window: WindowJson | null): number | null {
  return window === null || window.seconds <= 0 ? null : (window.cost_usd * 60) / window.seconds;
}
