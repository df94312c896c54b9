import type { TokensJson } from '../../../src/proxy/monitor/snapshot.ts';
import type { DetailTrace } from '../../../src/tui/detail-data.ts';
import type { AttemptRow, RequestRow } from '../../../src/tui/state.ts';

/** The middle of an afternoon, wherever the test runs. */
export const exampleNow = new Date(2026, 10, 20, 12, 4, 31).getTime();
const now = exampleNow;

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

/** Newest first. */
export const exampleRows: readonly RequestRow[] = [
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
