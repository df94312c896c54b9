import type { Quantiles } from '../../../src/proxy/monitor/histogram.ts';
import { exampleNow, exampleRows } from './example-requests.ts';
import type { BlockJson, ProviderJson, TokensJson, WindowJson } from '../../../src/proxy/monitor/snapshot.ts';
import type { Circuit, DashboardState, Slice } from '../../../src/tui/state.ts';

const now = exampleNow;

const noTokens: TokensJson = { input: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 };

function quantiles(...[p50, p95, p99, p999, max]: readonly [number, number, number, number, number]): Quantiles {
  return { p50, p95, p99, p999, max };
}

function block(changes: Partial<BlockJson>): BlockJson {
  return {
    requests: 570,
    errors: 3,
    tokens: {
      input: 700_000,
      cache_read: 12_300_000,
      cache_write: 400_000,
      cache_write_1h: 0,
      output: 410_000,
      reasoning: 0,
    },
    cost_usd: 4.18,
    cost_picodollars: '4180000000000',
    saved_usd: 2.61,
    saved_picodollars: '2610000000000',
    unpriced: 0,
    estimated: 2,
    latency_ms: {
      overhead: quantiles(1.2, 4.8, 11.9, 17.7, 19.4),
      first_byte: quantiles(612, 1900, 3400, 5200, 6100),
      total: quantiles(4100, 22_000, 48_000, 80_000, 91_000),
    },
    ...changes,
  };
}

function window(seconds: number, changes: Partial<BlockJson> = {}): WindowJson {
  return { seconds, ...block(changes) };
}

const provider: ProviderJson = {
  requests: 512,
  errors: 0,
  in_flight: 2,
  last_outcome: 'ok',
  last_error_time: null,
  quota: [],
  latency_ms: quantiles(4100, 22_000, 48_000, 80_000, 91_000),
};

const closed: Circuit & { readonly models: Readonly<Record<string, Circuit>> } = {
  ...{ state: 'closed', retry_after_seconds: null, last_failure: null, failures_in_window: 0, models: {} },
};

const session = (requests: number, cost_usd: number, share: readonly [number, number, number]): BlockJson =>
  block({ requests, cost_usd, tokens: { ...noTokens, input: share[0], cache_read: share[1], output: share[2] } });

const snapshot: NonNullable<DashboardState['snapshot']> = {
  version: 1,
  instance: 'example',
  time: new Date(now).toISOString(),
  run: window(4364),
  today: block({ cost_usd: 11.02, unpriced: 3 }),
  windows: {
    '1m': window(60, { cost_usd: 0.41 }),
    '5m': window(300, { cost_usd: 1.4 }),
    '15m': window(900, { cost_usd: 5.7 }),
    '1h': window(3600),
    '24h': window(4364),
  },
  by: {
    model: {},
    provider: {},
    project: {},
    session: {
      '3c1e77a0-9f5b-4c57-b1d4-0d6b3f0c2a11': session(119, 3.31, [700_000, 9_600_000, 73_000]),
      '9af0c1d2-0000-4000-8000-000000000000': session(52, 0.74, [130_000, 2_070_000, 38_000]),
      'c0de9b1a-0000-4000-8000-000000000000': session(17, 0.13, [148_000, 252_000, 9000]),
    },
    agent: {},
  },
  providers: {
    anthropic: provider,
    openai: {
      ...provider,
      requests: 52,
      errors: 1,
      in_flight: 0,
      latency_ms: quantiles(2200, 9000, 17_000, 20_000, 20_000),
    },
    google: {
      ...provider,
      requests: 5,
      errors: 5,
      in_flight: 0,
      latency_ms: null,
      last_error_time: new Date(now - 38_000).toISOString(),
    },
    ollama: { ...provider, requests: 0, in_flight: 0, latency_ms: null, last_outcome: null },
  },
  limits: [],
  budgets: [
    {
      ...{ name: 'day', per: 'all', match: null, unit: 'usd', limit: 20, window: 'day', mode: 'hard', subjects: 1 },
      ...{ spent: 11.02, refused: 0, would_refuse: 0, overshot: 0 },
      accounts: [{ subject: 'all', spent: 11.02, reserved: 0, granted: 0, left: 8.98, used: 0.551, resets: null }],
    },
  ],
  in_flight: 2,
};

export function exampleState(changes: Partial<DashboardState> = {}): DashboardState {
  return {
    connection: { state: 'live' },
    url: 'http://127.0.0.1:8766',
    readOnly: false,
    now,
    snapshot,
    health: {
      ...{ status: 'ok', uptime_seconds: 4364, version: '0.1.0', pid: 41_233, shedding: null },
      circuit_breakers: {
        anthropic: closed,
        openai: {
          ...closed,
          state: 'half_open',
          models: { 'gpt-5.4': { state: 'open', retry_after_seconds: 12, last_failure: '500' } },
        },
        google: { ...closed, state: 'open', retry_after_seconds: 38, last_failure: '503', failures_in_window: 5 },
        ollama: closed,
      },
    },
    requests: exampleRows,
    notices: [
      {
        time: now - 38_000,
        level: 'warn',
        message: 'google breaker open: 5 failures in 60 s, calls fail fast for 60 s',
      },
      { time: now - 4_364_000, level: 'info', message: 'listening on http://127.0.0.1:8766' },
    ],
    slices: exampleSlices,
    ...changes,
  };
}

function exampleSlices(seconds: number, count: number): Slice[] {
  return Array.from({ length: count }, (_, index) => {
    const wave = Math.max(0, Math.sin(index / 5) + Math.sin(index / 3) * 0.6 + index / count);
    return {
      costUsd: (wave * seconds) / 200,
      requests: Math.round(wave * 5),
      tokens: Math.round(wave * 20_000),
      cacheRead: Math.round(wave * 90_000 * (index % 7 === 0 ? 0.7 : 1)),
      input: Math.round(wave * 98_000),
      overheadMs: wave === 0 ? null : 1 + (index % 11 === 0 ? 9 : wave),
    };
  });
}
