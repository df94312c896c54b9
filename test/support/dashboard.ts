import type { DashboardState } from '../../src/tui/state.ts';

type Snapshot = NonNullable<DashboardState['snapshot']>;

const tokens = { input: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 };
const block = {
  ...{ requests: 0, errors: 0, tokens, cost_usd: 0, cost_picodollars: '0', saved_usd: 0, saved_picodollars: '0' },
  ...{ unpriced: 0, estimated: 0, latency_ms: { overhead: null, first_byte: null, total: null } },
};
const span = { ...block, seconds: 1 };

/** The snapshot of a proxy that has done nothing, with what a test wants different. */
export function snapshotJson(more: Partial<Snapshot> = {}): Snapshot {
  return {
    ...{ version: 1, instance: 'one', time: '2026-11-22T12:00:00.000Z', run: span, today: block },
    windows: { '1m': span, '5m': span, '15m': span, '1h': span, '24h': span },
    by: { model: {}, provider: {}, project: {}, session: {}, agent: {} },
    ...{ providers: {}, limits: [], budgets: [], in_flight: 0 },
    ...more,
  };
}

/** `/health` of such a proxy. */
export function healthJson(more: object = {}): object {
  return {
    ...{ status: 'ok', uptime_seconds: 1, version: '0.0.0', pid: 1, shedding: null },
    circuit_breakers: {},
    ...more,
  };
}

/** A finished request, as `/recent` and `ended` tell of it. */
export function endedJson(id: string, more: object = {}): Readonly<Record<string, unknown>> {
  return {
    ...startedJson(id),
    ...{ status: 200, outcome: 'ok', cost_usd: 0.25, exactness: 'exact', cache: null, key: null },
    tokens: { input: 10, cache_read: 100, cache_write: 20, cache_write_1h: 0, output: 50, reasoning: 0 },
    attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 95, cost_usd: 0.25 }],
    latency_ms: { read: 1, overhead: 2, first_byte: 60, total: 100 },
    ...more,
  };
}

/** A request that begins. */
export function startedJson(id: string, more: object = {}): Readonly<Record<string, unknown>> {
  return {
    ...{ version: 1, id, time: '2026-11-22T12:00:00.000Z', provider: 'anthropic', model: 'claude-opus-5' },
    ...{ asked_model: 'claude-opus-5', dialect: 'anthropic-messages', intent: 'generate', project: 'web' },
    ...{ session: 's-1', agent: 'claude-cli/2.1', stream: true },
    ...more,
  };
}
