import type { RequestRecord } from '../../src/proxy/record.ts';

/** The record of a streamed request that went well and took 100 ms, 2 of them ours, with what a test wants different. */
export function requestRecord(overrides: Partial<RequestRecord> = {}): RequestRecord {
  const receivedAt = overrides.marks?.received ?? 1000;
  return {
    id: 'tp_test',
    time: Date.UTC(2026, 10, 22, 12),
    method: 'POST',
    path: '/v1/messages',
    caller: { address: '127.0.0.1', key: null, project: 'web', session: 'session-1', agent: 'claude-cli/2.1' },
    dialect: 'anthropic-messages',
    intent: { kind: 'generate', streamed: true, tools: false, turn: null },
    provider: 'anthropic',
    model: 'claude-sonnet-4-6',
    askedModel: 'claude-sonnet-4-6',
    status: 200,
    outcome: 'ok',
    errorCode: null,
    tokens: { input: 10, cacheRead: 100, cacheWrite: 20, cacheWrite1h: 5, output: 50, reasoning: 7 },
    cost: { picodollars: 3_000_000_000, savedPicodollars: 1_000_000_000, unpricedReason: null },
    exactness: 'exact',
    cache: null,
    attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 95 }],
    route: null,
    limits: [],
    budgets: [],
    warning: null,
    stages: [
      { stage: 'request-router', at: receivedAt + 1 },
      { stage: 'token-counter', at: receivedAt + 1.25 },
      { stage: 'upstream', at: receivedAt + 1.5 },
    ],
    marks: marksFrom(receivedAt),
    bytesIn: 1000,
    bytesOut: 5000,
    ...overrides,
  };
}

/** Marks of a request that took 100 ms from a monotonic time on: 1 to read, 1 until sent, 60 to its first byte. */
export function marksFrom(received: number): RequestRecord['marks'] {
  return {
    received,
    bodyRead: received + 1,
    sent: received + 2,
    providerReady: received + 60,
    replied: received + 61,
    ended: received + 100,
  };
}
