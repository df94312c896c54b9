import { cellWidth, fitLine, oneLine, type Line } from './cells.ts';
import { connectionWord } from './connection-word.ts';
import { shortCount } from './figures.ts';
import { timeOfDay } from './format.ts';
import type { DashboardState, RequestRow } from './state.ts';
import { pieces, type Cell } from './table.ts';
import type { View } from './view.ts';

export interface HeaderInput {
  readonly state: DashboardState;
  readonly view: View;
  /** In cells. */
  readonly columns: number;
}

const recentMs = 15 * 60_000;
const wideColumns = 120;

/** The topmost line: whose screen this is, how the proxy is, and what o'clock. */
export function header({ state, view, columns }: HeaderInput): Line {
  const clock = `${timeOfDay(state.now)} `;
  const isWide = columns >= wideColumns;
  const room = Math.max(columns - cellWidth(clock) - 2, 0);
  const line = pieces(view.name === 'overview' ? facts(state, view, isWide) : trail(state, view), room, isWide ? 3 : 2);
  return fitLine([...fitLine([' ', ...line], room + 2), [clock, 'dim']], columns);
}

function facts(state: DashboardState, view: View, isWide: boolean): readonly Cell[] {
  const version = isWide && state.health !== null ? ` ${oneLine(state.health.version)}` : '';
  return [
    [`tokenpak${version}`, 'strong'],
    connectionWord(state),
    ...(state.readOnly ? [['read-only', 'warn'] as const] : []),
    ...(view.paused ? [['paused', 'warn'] as const] : []),
    oneLine(isWide ? state.url : state.url.replace(/^https?:\/\//u, '')),
    clients(state, isWide),
    state.snapshot === null ? '' : inFlight(state.snapshot.in_flight, isWide),
    isWide ? `window ${view.window}` : view.window,
  ];
}

function inFlight(count: number, isWide: boolean): string {
  return isWide ? `in flight ${shortCount(count)}` : `${shortCount(count)} in flight`;
}

/** On the other screens: which one it is. */
function trail(state: DashboardState, view: View): readonly Cell[] {
  const place = view.name === 'detail' ? `requests > ${oneLine(view.selected ?? 'newest')}` : view.name;
  return [['tokenpak', 'strong'], ['>', 'dim'], place, connectionWord(state)];
}

/** Those that asked for something in the last quarter of an hour: a client is an agent in a session. */
function clients({ requests, now }: DashboardState, isWide: boolean): string {
  const recent = requests.filter(({ time }) => now - time <= recentMs);
  const known = new Set(recent.map(({ agent, session }) => JSON.stringify([agent, session])));
  if (!isWide) return known.size === 1 ? '1 client' : `${known.size} clients`;
  const agents = byAgent(recent);
  return agents === '' ? `clients ${known.size}` : `clients ${known.size} (${agents})`;
}

/** The three agents with the most sessions. */
function byAgent(recent: readonly RequestRow[]): string {
  const sessions = new Map<string, Set<string | null>>();
  for (const { agent, session } of recent) {
    const name = (agent ?? 'unknown').replace(/#.*$/su, '');
    sessions.set(name, (sessions.get(name) ?? new Set()).add(session));
  }
  const most = [...sessions].toSorted(([, a], [, b]) => b.size - a.size).slice(0, 3);
  return most.map(([name, all]) => `${oneLine(name)} ${all.size}`).join(', ');
}
