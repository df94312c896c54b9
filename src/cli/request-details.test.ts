import { describe, expect, it } from 'vitest';
import { requestDetails, type RequestDetails } from './request-details.ts';

const request: RequestDetails['request'] = {
  id: 'tp_1',
  time: '2026-11-22T12:04:29.000Z',
  provider: 'anthropic',
  model: 'claude-sonnet-4-6',
  asked_model: 'claude-sonnet-4-6',
  key: null,
  status: 200,
  outcome: 'ok',
  cost_usd: 0.0356,
  attempts: [],
  dialect: 'anthropic-messages',
  intent: 'generate',
  project: 'web\u001B[2J',
  session: null,
  agent: 'claude-cli/2.1',
  stream: true,
  tokens: { input: 1234, cache_read: 58_100, cache_write: 20, cache_write_1h: 5, output: 812, reasoning: 7 },
  exactness: 'exact',
  latency_ms: { read: 1, overhead: 1.3, first_byte: 400, total: 1900 },
};
const linesOf = (changes: Partial<RequestDetails['request']> = {}): string =>
  requestDetails({ request: { ...request, ...changes }, error: null, why: null }).join('\n');

describe('all about one request', () => {
  it('is who asked, what it used and where its time went, beside why it was answered so', () => {
    const lines = linesOf();
    expect(lines).toContain('answer     200 ok, by anthropic, $0.0356');
    expect(lines).toContain('asked by   agent claude-cli/2.1, project web[2J\n');
    expect(lines).toContain('kind       anthropic-messages, generate, streamed\n');
    expect(lines).toContain(
      'tokens     1.2k new, 58.1k read, 20 written (5 for an hour), 812 out (7 of it reasoning)\n',
    );
    expect(lines).toContain('cost       exact\n');
    expect(lines).toContain("time       1.90s in all, first byte 400ms, body read 1.0ms, tokenpak's own 1.3ms");
  });

  it('says what is not known', () => {
    const lines = linesOf({
      tokens: null,
      cost_usd: null,
      unpriced_reason: 'unknown_model',
      exactness: 'unmetered',
      agent: null,
      project: null,
      latency_ms: { read: null, overhead: null, first_byte: null, total: null },
    });
    expect(lines).toContain('asked by   nobody who gave a name');
    expect(lines).toContain('tokens     not known');
    expect(lines).toContain('cost       unmetered, not known: unknown model');
    expect(lines).toContain('- in all, first byte -');
  });
});
