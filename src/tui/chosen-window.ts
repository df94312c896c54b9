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

/** The chosen window cut into so many slices, none shorter than a second. */
export function chosenSlices(state: DashboardState, { window }: View, count: number): Slices {
  const covered = window === 'run' ? (state.snapshot?.run.seconds ?? 0) : secondsOf[window];
  const seconds = Math.max(1, Math.ceil(covered / Math.max(count, 1)));
  return { seconds, slices: state.slices(seconds, count) };
}

/** Dollars a minute over the seconds that the window really covers; null where it covers none. */
export function dollarsPerMinute(window: WindowJson | null): number | null {
  return window === null || window.seconds <= 0 ? null : (window.cost_usd * 60) / window.seconds;
}
