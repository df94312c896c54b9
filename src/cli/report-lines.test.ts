import { describe, expect, it } from 'vitest';
import { healthLines, type HealthReport } from './health-lines.ts';
import { statusLines, type StatusReport } from './status-lines.ts';

const health: HealthReport = {
  status: 'ok',
  version: '0.1.0',
  uptime_seconds: 4364,
  in_flight_requests: 2,
  requests_total: 612,
  errors_total: 1,
  storage: { state: 'ok', reason: null, dropped: 0 },
  circuit_breakers: {},
};
const totals = {
  requests: 612,
  errors: 2,
  tokens: { input: 1_900_000, cache_read: 84_200_000, output: 410_000 },
  cost_usd: 61.2,
  unpriced: 0,
  saved_usd: 212.4,
};
const status: StatusReport = {
  run: { ...totals, latency_ms: { overhead: { p50: 0.7, p99: 3.6 }, first_byte: null } },
  today: { ...totals, requests: 700, unpriced: 3 },
  in_flight: 1,
  budgets: [],
  providers: { anthropic: { requests: 612, errors: 1, in_flight: 1, last_outcome: 'upstream_timeout' } },
  limits: [],
  circuit_breakers: {},
};
const closed = { state: 'closed', retry_after_seconds: null, last_failure: null, models: {} };

describe('how a proxy is', () => {
  it('is two lines while all is well', () => {
    expect(healthLines('http://127.0.0.1:8766', health)).toEqual([
      'ok       http://127.0.0.1:8766  up 01:12:44  v0.1.0',
      '  requests    612, errors 1, in flight 2',
    ]);
  });

  it('says what is wrong with the ledger', () => {
    const degraded = { ...health, status: 'degraded', storage: { state: 'degraded', reason: 'ENOSPC', dropped: 4 } };
    expect(healthLines('http://a', degraded)).toContain('  ledger      degraded: ENOSPC, 4 records lost');
  });

  it('names each circuit breaker that is not closed', () => {
    const circuits = {
      anthropic: { ...closed, state: 'open', retry_after_seconds: 42, last_failure: '503' },
      openai: closed,
    };
    expect(healthLines('http://a', { ...health, circuit_breakers: circuits }).slice(2)).toEqual([
      '  circuit anthropic: open, 42 s left, last failure 503',
    ]);
  });

  it('says more when asked deeply', () => {
    const deep: HealthReport = {
      ...health,
      memory: { rss_bytes: 118e6, heap_used_bytes: 41e6, heap_total_bytes: 64e6 },
      disk: { free_bytes: 214e9 },
      event_loop: { p99_ms: 2, max_ms: 11 },
      providers: {
        anthropic: { reachable: true, connect_ms: 31, error: null, age_seconds: 0 },
        'evil\u001B[2J': { reachable: false, connect_ms: null, error: 'ECONNREFUSED', age_seconds: 12 },
      },
    };
    expect(healthLines('http://a', deep).slice(2)).toEqual([
      '  memory      118 MB rss, heap 41 MB of 64 MB',
      '  disk        214 GB free',
      '  loop lag    p99 2.0ms, max 11ms',
      '  anthropic   connects in 31ms (no key used)',
      '  evil[2J     not reached: ECONNREFUSED, 12 s ago',
    ]);
  });
});

describe('what a proxy has done', () => {
  it('is a table', () => {
    expect(statusLines(status)).toEqual([
      '           requests errors    new   read    out      cost     saved',
      'this run        612      2   1.9M  84.2M 410.0k    $61.20   $212.40',
      'today           700      2   1.9M  84.2M 410.0k    $61.20   $212.40  + 3 unpriced',
      'overhead    p50 0.7ms  p99 3.6ms      first byte  -      in flight  1',
      'anthropic   612 calls, 1 failed, 1 in flight, last upstream timeout',
    ]);
  });

  it('tells budgets from all else', () => {
    const used = { refused: 0, would_refuse: 0, overshot: 0, spent: 5 };
    const account = { subject: 'all', spent: 5, reserved: 0, granted: 0, left: 15, used: 0.25, resets: null };
    const terms = {
      name: 'day',
      per: 'all',
      match: null,
      unit: 'usd',
      window: 'day',
      mode: 'hard',
      limit: 20,
    } as const;
    const budgets = [{ ...terms, ...used, subjects: 1, accounts: [account] }];
    expect(statusLines({ ...status, budgets }).slice(-2)).toEqual([
      'budget day  $20.00 per all, each day, hard',
      '  all                       25 %  $5.00 spent, $15.00 left',
    ]);
  });

  it('tells of limits, where there are any', () => {
    const shown = { passed: 12_000, refused: 3, shadow: false, shadow_refused: 0, in_flight: 2 };
    const limits = [
      { ...shown, name: 'key', scarcest: [{ subject: 'web\u001B[2J' }] },
      { ...shown, name: 'model claude-*', shadow: true, shadow_refused: 9, in_flight: null, scarcest: [] },
    ];
    expect(statusLines({ ...status, limits }).slice(-2)).toEqual([
      'limit key: 12.0k passed, 3 refused, 2 in flight, least left for web[2J',
      'limit model claude-*: 12.0k passed, 9 would have been refused',
    ]);
  });

  it('names each circuit breaker that is not closed, and those of models', () => {
    const circuits = {
      anthropic: { ...closed, state: 'open', retry_after_seconds: 42, last_failure: 'upstream_timeout' },
      gemini: { ...closed, state: 'half_open', retry_after_seconds: 1, last_failure: '503' },
      groq: { ...closed, state: 'open', retry_after_seconds: 0 },
      loopback: closed,
      openai: {
        ...closed,
        last_failure: '529',
        models: { 'gpt-6\u001B[2J': { ...closed, state: 'open', retry_after_seconds: 7, last_failure: '529' } },
      },
      vllm: { ...closed, state: 'forced_closed', last_failure: '500' },
    };
    expect(statusLines({ ...status, circuit_breakers: circuits }).slice(-5)).toEqual([
      'circuit anthropic: open, 42 s left, last failure upstream timeout',
      'circuit gemini: half open, one request tries it again, last failure 503',
      'circuit groq: open, the next request tries it again',
      'circuit openai/gpt-6[2J: open, 7 s left, last failure 529',
      "circuit vllm: forced closed, until 'tokenpak breaker auto vllm', last failure 500",
    ]);
  });

  it('leaves today out while it is not known', () => {
    expect(statusLines({ ...status, today: null }).join('\n')).not.toContain('today');
  });
});
