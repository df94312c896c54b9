import type { BlockJson } from '../../proxy/monitor/snapshot.ts';
import { agentName, cacheRate, percent, shortCount, sumDollars } from '../figures.ts';
import { frame } from '../frame.ts';
import type { DashboardState, RequestRow } from '../state.ts';
import { table, type Column } from '../table.ts';
import type { Panel } from './panel.ts';

/** A UUID, or another long id. */
const longId = /^[\w-]{20,}$/u;

interface SessionRow {
  readonly name: string;
  readonly block: BlockJson;
  /** Its newest request that is still listed. */
  readonly newest: RequestRow | null;
}

/** What each session came to in this run, costliest first. */
export const sessionsPanel: Panel = ({ state, view, width, height, glyphs }) => {
  const inner = width - 4;
  const rows = sessions(state);
  const { header, row } = table(columns, inner);
  const lines = rows.length === 0 ? [[['No session yet.', 'dim'] as const]] : [header, ...rows.map(row)];
  return frame({
    ...{ title: '6 sessions', lines, width, height, glyphs, focused: view.focus === 'sessions' },
    ...(rows.length > height - 3 ? { note: [`${height - 3} of ${rows.length}`, 'dim'] as const } : {}),
  });
};

function sessions({ snapshot, requests }: DashboardState): readonly SessionRow[] {
  const newest = new Map<string, RequestRow>();
  for (const row of requests) if (row.session !== null && !newest.has(row.session)) newest.set(row.session, row);
  return Object.entries(snapshot?.by.session ?? {})
    .map(([name, block]) => ({ name, block, newest: newest.get(name) ?? null }))
    .toSorted((a, b) => b.block.cost_usd - a.block.cost_usd);
}

const columns: readonly Column<SessionRow>[] = [
  { title: 'session', width: 8, align: 'left', cell: ({ name }) => shortName(name) },
  { title: 'agent', width: 8, align: 'left', grows: 3, cell: agentCell },
  { title: 'project', width: 8, align: 'left', grows: 1, cell: ({ newest }) => newest?.project ?? '-' },
  { title: 'req', width: 5, align: 'right', cell: ({ block }) => shortCount(block.requests) },
  { title: 'in', width: 5, align: 'right', cell: ({ block }) => shortCount(sentTokens(block)) },
  { title: 'out', width: 5, align: 'right', cell: ({ block }) => shortCount(block.tokens.output) },
  { title: 'cost', width: 8, align: 'right', cell: ({ block }) => cost(block) },
  { title: 'cache', width: 5, align: 'right', cell: ({ block }) => percent(cacheRate(block.tokens)) },
];

function agentCell({ newest }: SessionRow, width: number): string {
  return agentName(newest?.agent ?? '-', width);
}

function shortName(name: string): string {
  return longId.test(name) ? name.slice(0, 8) : name;
}

function sentTokens({ tokens }: BlockJson): number {
  return tokens.input + tokens.cache_read + tokens.cache_write;
}

/** What has no price at all is not free. */
function cost({ cost_usd, unpriced, requests }: BlockJson): string {
  return sumDollars(unpriced > 0 && unpriced === requests ? null : cost_usd);
}
