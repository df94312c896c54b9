import { cellWidth, fitLine, lineWidth, oneLine, type Line } from './cells.ts';
import { connectionWord } from './connection-word.ts';
import { agentName, shortCount } from './figures.ts';
import { timeOfDay } from './format.ts';
import type { DashboardState } from './state.ts';
import { pieces, type Cell } from './table.ts';
import type { View } from './view.ts';

export interface HeaderInput {
  readonly state: DashboardState;
  readonly view: View;
  /** Fewer frames are drawn than there should be. */
  readonly isSlow: boolean;
  /** In cells. */
  readonly columns: number;
}

const recentMs = 15 * 60_000;
const wideColumns = 120;

/** The topmost line: whose screen this is, how the proxy is, and what o'clock. */
export function header(input: HeaderInput): Line {
  const { state, view, columns } = input;
  const clock = `${timeOfDay(state.now)} `;
  const isWide = columns >= wideColumns;
  const room = Math.max(columns - cellWidth(clock) - 2, 0);
  const gap = isWide ? 3 : 2;
  const line = pieces(view.name === 'overview' ? facts(input, room, gap) : trail(state, view), room, gap);
  return fitLine([...fitLine([' ', ...line], room + 2), [clock, 'dim']], columns);
}

/** Of a local proxy the port alone where there is little room. */
function address(url: string, columns: number): string {
  if (columns >= wideColumns) return oneLine(url);
  return oneLine(url.replace(columns < 80 ? /^https?:\/\/(?:127\.0\.0\.1|localhost)?/u : /^https?:\/\//u, ''));
}

function facts({ state, view, isSlow, columns }: HeaderInput, room: number, gap: number): readonly Cell[] {
  const isWide = columns >= wideColumns;
  const version = isWide && state.health !== null ? ` ${oneLine(state.health.version)}` : '';
  const before: readonly Cell[] = [
    [`tokenpak${version}`, 'strong'],
    connectionWord(state),
    ...(state.readOnly ? [['read-only', 'warn'] as const] : []),
    ...(view.paused ? [['paused', 'warn'] as const] : []),
    ...(isSlow ? [['slow screen', 'warn'] as const] : []),
    address(state.url, columns),
  ];
  const after: readonly Cell[] = [
    state.snapshot === null ? '' : inFlight(state.snapshot.in_flight, isWide),
    isWide ? `window ${view.window}` : view.window,
  ];
  const { short, long } = clients(state);
  const candidates = [[long], [short], []].map((middle) => [...before, ...middle, ...after]);
  return (
    candidates.slice(isWide ? 0 : 1).find((cells) => lineWidth(pieces(cells, Infinity, gap)) <= room) ?? candidates[2]!
  );
}

function inFlight(count: number, isWide: boolean): string {
  return isWide ? `in flight ${shortCount(count)}` : `${shortCount(count)} in flight`;
}

/** On the other screens: which one it is. */
function trail(state: DashboardState, view: View): readonly Cell[] {
  const place = view.name === 'detail' ? `requests > ${oneLine(view.selected ?? 'newest')}` : view.name;
  return [['tokenpak', 'strong'], ['>', 'dim'], place, connectionWord(state)];
}

/** Those that asked for something in the last quarter of an hour: a client is an agent, its subagents included, in a session. */
function clients({ requests, now }: DashboardState): { readonly short: string; readonly long: string } {
  const sessions = new Map<string, Set<string | null>>();
  for (const { agent, session } of requests.filter(({ time }) => now - time <= recentMs)) {
    const name = (agent ?? 'unknown').replace(/#.*$/su, '');
    sessions.set(name, (sessions.get(name) ?? new Set()).add(session));
  }
  const byAgent = [...sessions].map(([name, { size }]) => ({ name, size })).toSorted((a, b) => b.size - a.size);
  const all = byAgent.reduce((sum, { size }) => sum + size, 0);
  const named = byAgent.slice(0, 3).map(({ name, size }) => `${oneLine(agentName(name, 0))} ${size}`);
  return {
    short: all === 1 ? '1 client' : `${all} clients`,
    long: named.length === 0 ? 'clients 0' : `clients ${all} (${named.join(', ')}${byAgent.length > 3 ? ', ...' : ''})`,
  };
}
