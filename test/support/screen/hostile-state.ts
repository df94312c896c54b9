import fc from 'fast-check';
import type { DetailTrace } from '../../../src/tui/detail-data.ts';
import { exampleRow, exampleTrace } from './example-requests.ts';
import { exampleState } from './example-state.ts';
import type { Circuit, CircuitState, DashboardState, RequestRow, Slice } from '../../../src/tui/state.ts';

/** For tests: what clients and providers could say to spoil a screen. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '\u001B[2J\u001B[31mred\u0007',
    '\u009B1;1Hcsi',
    '\u202Eright to left\u2066',
    '世界の名前がとても長い場合',
    '👩‍👩‍👧‍👦👋🏽🇩🇪',
    'e\u0301\u0302\u0303\u0304z\u0337a\u0338l\u0334go',
    '\u200B\u200D\uFEFF',
    '\uD83D half',
    'tab\tand\nnew\r\nline',
    '__proto__',
    'constructor',
    'ｱﾞ한국어ㄱ',
    `long ${'x世'.repeat(5000)}`,
  ),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const text = fc.option(hostileText);
const amount = fc.oneof(fc.nat(), fc.constantFrom(0, 1e-9, 0.4, 999_999, 1e12, 1e21, Number.MAX_SAFE_INTEGER));
const number = fc.option(amount);

const tokens = fc.record({
  ...{ input: amount, cache_read: amount, cache_write: amount, cache_write_1h: amount },
  ...{ output: amount, reasoning: amount },
});

const row: fc.Arbitrary<RequestRow> = fc
  .record({
    ...{ provider: text, model: text, project: text, session: text, agent: text, key: text },
    ...{ outcome: text, exactness: text, cache: text, costUsd: number, overheadMs: number, firstByteMs: number },
    ...{ totalMs: number, tokens: fc.option(tokens) },
    status: fc.constantFrom(null, 0, 200, 429, 599),
    time: fc.integer({ min: 0, max: 4e12 }),
    attempts: fc.array(fc.record({ provider: hostileText, status: number, outcome: text, ms: amount, cause: text }), {
      maxLength: 3,
    }),
  })
  .map((changes) => exampleRow(changes));

const circuit: fc.Arbitrary<Circuit> = fc.record({
  state: fc.constantFrom<CircuitState[]>('closed', 'open', 'half_open', 'forced_open', 'forced_closed'),
  retry_after_seconds: number,
  last_failure: text,
});

const quota = fc.record({ name: hostileText, used: number, limit: number, remaining: number, resets: text });

const providerChanges = fc.record({
  ...{ requests: amount, errors: amount, in_flight: amount },
  quota: fc.array(quota, { maxLength: 4 }),
});

const budget = fc.record({
  ...{ name: hostileText, limit: amount, used: amount },
  mode: fc.constantFrom('hard' as const, 'soft' as const, 'shadow' as const),
  unit: fc.constantFrom('usd' as const, 'tokens' as const),
});

type Snapshot = NonNullable<DashboardState['snapshot']>;

const snapshot: fc.Arbitrary<Snapshot | null> = fc.option(
  fc
    .record({
      providers: fc.dictionary(hostileText, providerChanges, { maxKeys: 6 }),
      sessions: fc.uniqueArray(hostileText, { maxLength: 8 }),
      budgets: fc.array(budget, { maxLength: 3 }),
      ...{ cost: amount, unpriced: amount, seconds: amount, isMeasured: fc.boolean(), hasToday: fc.boolean(), tokens },
    })
    .map((parts) => {
      const base = exampleState().snapshot!;
      const window = {
        ...base.run,
        ...{ cost_usd: parts.cost, unpriced: parts.unpriced, seconds: parts.seconds, tokens: parts.tokens },
        latency_ms: parts.isMeasured ? base.run.latency_ms : { overhead: null, first_byte: null, total: null },
      };
      const provider = base.providers['anthropic']!;
      return {
        ...base,
        ...{ run: window, windows: { '1m': window, '5m': window, '15m': window, '1h': window, '24h': window } },
        today: parts.hasToday ? base.today : null,
        by: { ...base.by, session: Object.fromEntries(parts.sessions.map((name) => [name, window])) },
        providers: Object.fromEntries(
          Object.entries(parts.providers).map(([name, changes]) => [name, { ...provider, ...changes }]),
        ),
        budgets: parts.budgets.map(({ name, limit, used, mode, unit }) => ({
          ...base.budgets[0]!,
          ...{ name, limit, mode, unit },
          accounts: [{ ...base.budgets[0]!.accounts[0]!, used }],
        })),
      };
    }),
);

const health: fc.Arbitrary<DashboardState['health']> = fc.option(
  fc.record({
    status: hostileText,
    uptime_seconds: amount,
    version: hostileText,
    pid: fc.nat(),
    circuit_breakers: fc.dictionary(
      hostileText,
      fc
        .tuple(circuit, fc.dictionary(hostileText, circuit, { maxKeys: 2 }))
        .map(([own, models]) => ({ ...own, models })),
      { maxKeys: 6 },
    ),
    shedding: text,
  }),
);

const slice: fc.Arbitrary<Slice> = fc.record({
  costUsd: fc.double(),
  requests: amount,
  tokens: amount,
  cacheRead: amount,
  input: amount,
  overheadMs: fc.option(fc.double()),
});

export const hostileState: fc.Arbitrary<DashboardState> = fc
  .record({
    connection: fc.oneof(
      fc.constantFrom({ state: 'connecting' } as const, { state: 'live' } as const),
      fc.nat().map((since) => ({ state: 'lost', since }) as const),
    ),
    ...{ url: hostileText, readOnly: fc.boolean(), now: fc.integer({ min: 0, max: 4e12 }), snapshot, health },
    requests: fc.array(row, { maxLength: 12 }),
    notices: fc.array(
      fc.record({
        time: fc.integer({ min: 0, max: 4e12 }),
        level: fc.constantFrom('info' as const, 'warn' as const, 'error' as const),
        message: hostileText,
      }),
      { maxLength: 8 },
    ),
    slice,
  })
  .map(({ slice: each, requests, ...state }) => ({
    ...state,
    requests: requests.map((one, index) => ({ ...one, id: `tp_${index}` })),
    slices: (_, count) => Array.from({ length: count }, () => each),
  }));

export const hostileTrace: fc.Arbitrary<DetailTrace> = fc
  .record({
    ...{ method: hostileText, path: hostileText, total_ms: amount },
    stages: fc.array(fc.record({ stage: hostileText, entered_ms: amount, ms: amount }), { maxLength: 8 }),
    marks_ms: fc.record({
      ...{ body_read: number, sent: number, provider_ready: number, replied: number, ended: number },
    }),
    headers: fc.option(
      fc.record({
        request: fc.array(fc.tuple(hostileText, hostileText), { maxLength: 6 }),
        response: fc.array(fc.tuple(hostileText, hostileText), { maxLength: 6 }),
      }),
    ),
  })
  .map((changes) => exampleTrace(changes));
