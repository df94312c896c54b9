import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import { createTracing } from './index.ts';

const parts = { redact: (text: string) => text, costParts: () => null };

describe('tracing', () => {
  it("tells each stage's entry and duration, the marks and the attempts", () => {
    const tracing = createTracing(parts);
    tracing.finished(requestRecord({ attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 95.0004 }] }));
    expect(tracing.trace('tp_test')).toEqual({
      version: 1,
      id: 'tp_test',
      time: '2026-11-22T12:00:00.000Z',
      method: 'POST',
      path: '/v1/messages',
      provider: 'anthropic',
      model: 'claude-sonnet-4-6',
      status: 200,
      outcome: 'ok',
      total_ms: 100,
      error_code: null,
      stages: [
        { stage: 'request-router', entered_ms: 1, ms: 0.25 },
        { stage: 'token-counter', entered_ms: 1.25, ms: 0.25 },
        { stage: 'upstream', entered_ms: 1.5, ms: 0.5 },
      ],
      marks_ms: { body_read: 1, sent: 2, provider_ready: 60, replied: 61, ended: 100 },
      attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 95 }],
      headers: { request: [], response: [] },
      cost_parts: null,
    });
  });

  it('says of a refused request where it was refused', () => {
    const tracing = createTracing(parts);
    const marks = { received: 1000, bodyRead: 1001, sent: 0, providerReady: 0, replied: 1003, ended: 1003 };
    tracing.finished(
      requestRecord({
        marks,
        stages: [{ stage: 'request-router', at: 1001.5 }],
        attempts: [],
        outcome: 'rejected_invalid',
        errorCode: 'not_found',
      }),
    );
    expect(tracing.trace('tp_test')).toMatchObject({
      error_code: 'not_found',
      stages: [{ stage: 'request-router', entered_ms: 1.5, ms: 1.5 }],
      marks_ms: { body_read: 1, sent: null, provider_ready: null, replied: 3, ended: 3 },
      attempts: [],
    });
  });

  it('lists the newest first, and no more than asked for', () => {
    const tracing = createTracing(parts);
    for (const id of ['tp_1', 'tp_2', 'tp_3']) tracing.finished(requestRecord({ id }));
    expect(tracing.newest(2).map(({ id }) => id)).toEqual(['tp_3', 'tp_2']);
    expect(tracing.newest(2)[0]).not.toHaveProperty('stages');
  });

  it('forgets all but the last 200', () => {
    const tracing = createTracing(parts);
    for (let n = 0; n < 300; n++) tracing.finished(requestRecord({ id: `tp_${n}` }));
    expect(tracing.newest(1000)).toHaveLength(200);
    expect(tracing.trace('tp_99')).toBeNull();
    expect(tracing.trace('tp_100')).not.toBeNull();
  });

  it('keeps 200 whatever their names, and shows no endless name', () => {
    const tracing = createTracing(parts);
    for (let n = 0; n < 300; n++) tracing.finished(requestRecord({ model: 'm'.repeat(50_000) }));
    const traces = tracing.newest(1000);
    expect(traces).toHaveLength(200);
    for (const { model } of traces) expect(model).toHaveLength(256);
  });

  it("tells what was sent and answered, the last answer's, where that was not too much to keep", () => {
    const tracing = createTracing(parts);
    const attempt = { provider: 'anthropic', status: 200, outcome: 'ok', ms: 1 } as const;
    const keep = (id: string, requestHeaders: string[]): void =>
      tracing.finished(
        requestRecord({
          ...{ id, requestHeaders },
          attempts: [
            { ...attempt, replyHeaders: ['server', 'one'] },
            { ...attempt, replyHeaders: ['server', 'two'] },
          ],
        }),
      );
    keep('tp_1', ['accept', '*/*', 'x-api-key', 'secret']);
    keep('tp_2', ['accept', 'x'.repeat(16_384)]);
    expect(tracing.trace('tp_1')!.headers).toEqual({
      request: [
        ['accept', '*/*'],
        ['x-api-key', '[redacted]'],
      ],
      response: [['server', 'two']],
    });
    expect(tracing.trace('tp_2')!.headers).toBeNull();
  });

  it('tells what each class of tokens cost, as it is told', () => {
    const tracing = createTracing({
      ...parts,
      costParts: ({ model, picodollars }) =>
        model === 'claude-sonnet-4-6' ? [{ class: 'input', tokens: 3, picodollars: picodollars! }] : null,
    });
    tracing.finished(requestRecord());
    expect(tracing.trace('tp_test')!.cost_parts).toEqual([
      { class: 'input', tokens: 3, cost_usd: 0.003, cost_picodollars: '3000000000' },
    ]);
  });
});
