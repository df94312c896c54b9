import type { Quantiles } from '../proxy/monitor/histogram.ts';
import type { DetailTrace } from './detail-data.ts';
import type { BlockJson, ProviderJson, TokensJson, WindowJson } from '../proxy/monitor/snapshot.ts';
import type { AttemptRow, Circuit, DashboardState, RequestRow, Slice } from './state.ts';

/** A realistic state for tests: a proxy in the middle of an afternoon. Times are as in UTC. */
const now = Date.UTC(2026, 10, 20, 12, 4, 31);

const noTokens: TokensJson = { input: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 };

export function exampleRow(changes: Partial<RequestRow> = {}): RequestRow {
  return {
    id: 'tp_01jd5q3e6x',
    time: now - 1886,
    provider: 'anthropic',
    model: 'claude-sonnet-4-6',
    project: 'tokenpak',
    session: '3c1e77a0-9f5b-4c57-b1d4-0d6b3f0c2a11',
    agent: 'claude-cli',
    key: null,
    stream: true,
    status: 200,
    outcome: 'ok',
    tokens: { ...noTokens, input: 1204, cache_read: 58_112, cache_write: 640, output: 812 },
    costUsd: 0.0356,
    exactness: 'exact',
    cache: null,
    attempts: [exampleAttempt({})],
    overheadMs: 1.3,
    firstByteMs: 612.5,
    totalMs: 1900.4,
    ...changes,
  };
}

function exampleAttempt(changes: Partial<AttemptRow>): AttemptRow {
  return { provider: 'anthropic', status: 200, outcome: 'ok', ms: 1898, cause: null, ...changes };
}

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

const rows: readonly RequestRow[] = [
  exampleRow({
    id: 'tp_live',
    time: now - 700,
    status: null,
    outcome: null,
    totalMs: null,
    costUsd: 0.0021,
    overheadMs: null,
    firstByteMs: null,
    tokens: { ...noTokens, input: 1100, cache_read: 57_900, output: 41 },
  }),
  exampleRow(),
  exampleRow({
    id: 'tp_2',
    time: now - 3470,
    model: 'claude-haiku-4-5-20251001',
    agent: 'claude-cli#sub-2',
    tokens: { ...noTokens, input: 290, cache_read: 710, output: 96 },
    costUsd: 0.0006,
    totalMs: 801,
    firstByteMs: 300,
    overheadMs: 1.1,
  }),
  exampleRow({
    id: 'tp_3',
    time: now - 9998,
    status: 429,
    outcome: 'rejected_rate',
    project: 'web',
    session: '9af0c1d2-0000-4000-8000-000000000000',
    tokens: null,
    costUsd: null,
    exactness: 'unmetered',
    attempts: [],
    totalMs: 0.9,
    firstByteMs: 0.8,
    overheadMs: 0.7,
  }),
  exampleRow({
    id: 'tp_4',
    time: now - 19_229,
    provider: 'openai',
    model: 'gpt-5.4',
    agent: 'codex_cli_rs',
    project: 'infra',
    session: 'c0de9b1a-0000-4000-8000-000000000000',
    tokens: { ...noTokens, input: 2200, output: 1100 },
    costUsd: 0.022,
    exactness: 'estimated',
    totalMs: 12_400,
    firstByteMs: 905,
    overheadMs: 2.9,
  }),
  exampleRow({
    id: 'tp_5',
    time: now - 32_880,
    provider: 'google',
    model: 'gemini-3-pro',
    agent: 'python-sdk',
    project: null,
    session: null,
    status: 503,
    outcome: 'rejected_circuit',
    tokens: null,
    costUsd: null,
    attempts: [],
    totalMs: 0.6,
    firstByteMs: 0.6,
    overheadMs: 0.6,
  }),
  exampleRow({
    id: 'tp_6',
    time: now - 50_985,
    model: 'claude-opus-4-8',
    tokens: { ...noTokens, input: 900, cache_read: 61_000, cache_write: 1500, output: 2400 },
    costUsd: 0.112,
    totalMs: 11_200,
    firstByteMs: 1020,
    overheadMs: 1.4,
  }),
  exampleRow({
    id: 'tp_7',
    time: now - 63_000,
    provider: 'openai',
    model: 'gpt-5.4-unlisted',
    agent: 'codex_cli_rs',
    project: 'infra',
    session: 'c0de9b1a-0000-4000-8000-000000000000',
    tokens: { ...noTokens, input: 180_000, output: 420 },
    costUsd: null,
    totalMs: 125_000,
    firstByteMs: 2400,
    overheadMs: 19.6,
  }),
];

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
    requests: rows,
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

export function exampleTrace(changes: Partial<DetailTrace> = {}): DetailTrace {
  return {
    version: 1,
    ...{ id: 'tp_01jd5q3e6x', time: new Date(now - 1886).toISOString(), method: 'POST', path: '/v1/messages' },
    ...{ provider: 'anthropic', model: 'claude-sonnet-4-6', status: 200, outcome: 'ok', total_ms: 1900.4 },
    error_code: null,
    stages: [
      { stage: 'authentication', entered_ms: 0.3, ms: 0.1 },
      { stage: 'rate-limit', entered_ms: 0.4, ms: 0.08 },
      { stage: 'route', entered_ms: 0.5, ms: 0.21 },
    ],
    marks_ms: { body_read: 0.3, sent: 1.1, provider_ready: 612, replied: 612.5, ended: 1900.4 },
    attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 1898 }],
    headers: {
      request: [
        ['anthropic-beta', 'claude-code-20250219'],
        ['authorization', 'Bearer [redacted]'],
      ],
      response: [['request-id', 'req_011CSHoEeqs5C35K2UUqR7Fy']],
    },
    cost_parts: [
      { class: 'input', tokens: 1204, cost_usd: 0.0036, cost_picodollars: '3600000000' },
      { class: 'cache_read', tokens: 58_112, cost_usd: 0.0174, cost_picodollars: '17400000000' },
      { class: 'cache_write', tokens: 640, cost_usd: 0.0024, cost_picodollars: '2400000000' },
      { class: 'output', tokens: 812, cost_usd: 0.0122, cost_picodollars: '12200000000' },
    ],
    ...changes,
  };
}
