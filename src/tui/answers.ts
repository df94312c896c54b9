import { isObject } from './request-rows.ts';
import type { DashboardState, Health } from './state.ts';

type Snapshot = NonNullable<DashboardState['snapshot']>;

/** What a value must be for a screen to be drawn from it: a kind, or null besides, or members, or all members of a record or list. */
type Shape =
  | 'number'
  | 'string'
  | { readonly orNull: Shape }
  | { readonly every: Shape }
  | { readonly list: Shape }
  | { readonly members: Readonly<Record<string, Shape>> };

const tokens: Shape = {
  members: {
    ...{ input: 'number', cache_read: 'number', cache_write: 'number', cache_write_1h: 'number' },
    ...{ output: 'number', reasoning: 'number' },
  },
};
const quantiles: Shape = {
  orNull: { members: { p50: 'number', p95: 'number', p99: 'number', p999: 'number', max: 'number' } },
};
const totals: Readonly<Record<string, Shape>> = {
  ...{ requests: 'number', errors: 'number', tokens, cost_usd: 'number', saved_usd: 'number' },
  ...{ unpriced: 'number', estimated: 'number' },
};
const latency: Shape = { members: { overhead: quantiles, first_byte: quantiles, total: quantiles } };
const block: Shape = { members: { ...totals, latency_ms: latency } };
const span: Shape = { members: { ...totals, latency_ms: latency, seconds: 'number' } };
const provider: Shape = {
  members: { requests: 'number', errors: 'number', in_flight: 'number', latency_ms: quantiles },
};
const account: Shape = {
  members: { subject: 'string', spent: 'number', left: 'number', used: 'number', resets: { orNull: 'string' } },
};
const budget: Shape = {
  members: {
    name: 'string',
    limit: 'number',
    spent: 'number',
    unit: 'string',
    mode: 'string',
    accounts: { list: account },
  },
};
const snapshot: Shape = {
  members: {
    ...{ instance: 'string', time: 'string', run: span, today: { orNull: { members: totals } }, in_flight: 'number' },
    windows: { members: { '1m': span, '5m': span, '15m': span, '1h': span, '24h': span } },
    by: {
      members: {
        ...{ model: { every: block }, provider: { every: block }, project: { every: block } },
        ...{ session: { every: block }, agent: { every: block } },
      },
    },
    providers: { every: provider },
    limits: { list: { members: {} } },
    budgets: { list: budget },
  },
};
const circuit: Readonly<Record<string, Shape>> = {
  ...{ state: 'string', retry_after_seconds: { orNull: 'number' }, last_failure: { orNull: 'string' } },
};
const health: Shape = {
  members: {
    ...{ status: 'string', uptime_seconds: 'number', version: 'string', pid: 'number', shedding: { orNull: 'string' } },
    circuit_breakers: { every: { members: { ...circuit, models: { every: { members: circuit } } } } },
  },
};

/** `/stats`; null where it is not, as of a server that is no tokenpak, or one of another version. */
export function snapshotFrom(json: unknown): Snapshot | null {
  return fits(json, snapshot) ? (json as Snapshot) : null;
}

/** `/health`; null where it is not. */
export function healthFrom(json: unknown): Health | null {
  return fits(json, health) ? (json as Health) : null;
}

function fits(value: unknown, shape: Shape): boolean {
  if (shape === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (shape === 'string') return typeof value === 'string';
  if ('orNull' in shape) return value === null || fits(value, shape.orNull);
  if ('list' in shape) return Array.isArray(value) && value.every((member: unknown) => fits(member, shape.list));
  if (!isObject(value)) return false;
  if ('every' in shape) return Object.values(value).every((member) => fits(member, shape.every));
  return Object.entries(shape.members).every(([name, member]) => fits(value[name], member));
}
