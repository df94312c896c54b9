import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marksFrom, requestRecord } from '../../test/support/request-record.ts';
import type { RequestRecord } from './record.ts';
import { latencyOf, requestJson } from './request-json.ts';

function parsed(overrides: Partial<RequestRecord> = {}): Record<string, unknown> {
  return JSON.parse(requestJson(requestRecord(overrides))) as Record<string, unknown>;
}

describe('a request as JSON', () => {
  it('hides an access key that stands where a name is due', () => {
    const key = `tpk_${'a1-_'.repeat(10)}xyz`;
    const record = parsed({ model: key, askedModel: `models/${key}` });
    expect(record).toMatchObject({ model: 'tpk_…', asked_model: 'models/tpk_…' });
  });

  it('has the documented shape', () => {
    expect(parsed()).toEqual({
      version: 1,
      id: 'tp_test',
      time: '2026-11-22T12:00:00.000Z',
      provider: 'anthropic',
      model: 'claude-sonnet-4-6',
      asked_model: 'claude-sonnet-4-6',
      dialect: 'anthropic-messages',
      intent: 'generate',
      key: null,
      project: 'web',
      session: 'session-1',
      agent: 'claude-cli/2.1',
      stream: true,
      tools: false,
      turn: null,
      status: 200,
      outcome: 'ok',
      tokens: { input: 10, cache_read: 100, cache_write: 20, cache_write_1h: 5, output: 50, reasoning: 7 },
      cost_usd: 0.003,
      cost_picodollars: '3000000000',
      exactness: 'exact',
      cache: null,
      attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 95, cost_usd: 0.003 }],
      latency_ms: { read: 1, overhead: 2, first_byte: 61, total: 100 },
    });
  });

  it('says why there is no price, and knows no tokens that nobody counted', () => {
    const cost = { picodollars: null, savedPicodollars: null, unpricedReason: 'unknown model "x"' } as const;
    expect(parsed({ cost, tokens: null })).toMatchObject({
      tokens: null,
      cost_usd: null,
      cost_picodollars: null,
      unpriced_reason: 'unknown model "x"',
      attempts: [{ cost_usd: null }],
    });
  });

  it('gives the cost to the last attempt and claims none for those before', () => {
    const failed = { provider: 'openai', status: null, outcome: 'upstream_unreachable', ms: 1.23456 } as const;
    const answered = { provider: 'backup', status: 200, outcome: 'ok', ms: 9 } as const;
    expect(parsed({ attempts: [failed, answered] })['attempts']).toEqual([
      { provider: 'openai', status: null, outcome: 'upstream_unreachable', ms: 1.235, cost_usd: null },
      { provider: 'backup', status: 200, outcome: 'ok', ms: 9, cost_usd: 0.003 },
    ]);
  });

  it('keeps any name as it is, up to 256 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const caller = { address: '', key: name, project: name, session: name, agent: name };
        const kept = name.slice(0, 256);
        expect(parsed({ model: name, askedModel: name, caller })).toMatchObject({
          model: kept,
          asked_model: kept,
          project: kept,
          session: kept,
          agent: kept,
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is one line whatever the names hold', () => {
    expect(requestJson(requestRecord({ model: 'a\nb\r\u0000"\\' }))).not.toMatch(/[\n\r\0]/);
  });

  it('holds neither the path nor the address', () => {
    const json = requestJson(
      requestRecord({ path: '/v1/canary', caller: { ...requestRecord().caller, address: '::c' } }),
    );
    expect(json).not.toContain('canary');
    expect(json).not.toContain('::c');
  });
});

describe('the latency of an exchange', () => {
  const latency = (marks: Partial<RequestRecord['marks']>): ReturnType<typeof latencyOf> =>
    latencyOf(requestRecord({ marks: { ...marksFrom(1000), ...marks } }));

  it('is its overhead before and after the provider, whatever the provider took', () => {
    expect(latency({ bodyRead: 1010, sent: 1010.5, providerReady: 1700, replied: 1700.25 })).toEqual({
      read: 10,
      overhead: 0.75,
      firstByte: 700.25,
      total: 100,
    });
  });

  it('is rounded to microseconds', () => {
    expect(latency({ bodyRead: 1000.12345 }).read).toBe(0.123);
  });

  it('is all ours from the body to the answer where no provider was called', () => {
    expect(latency({ sent: 0, providerReady: 0, bodyRead: 1002, replied: 1005 }).overhead).toBe(3);
  });

  it('leaves out what did not happen', () => {
    expect(latency({ providerReady: 0, replied: 0 })).toEqual({ read: 1, overhead: 1, firstByte: null, total: 100 });
    expect(latency({ bodyRead: 0, sent: 0, providerReady: 0, replied: 1004 })).toEqual({
      read: null,
      overhead: 0,
      firstByte: 4,
      total: 100,
    });
  });

  it('is never negative', () => {
    expect(latency({ providerReady: 1062 }).overhead).toBe(1);
  });
});
