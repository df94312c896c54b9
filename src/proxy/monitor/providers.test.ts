import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { Attempt } from '../record.ts';
import { createProviders } from './providers.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const failed: Attempt = { provider: 'anthropic', status: 529, outcome: 'upstream_error', ms: 30 };
const good: Attempt = { provider: 'openai', status: 200, outcome: 'ok', ms: 500 };

describe('providers', () => {
  it('count every call that a request made, each at its own provider', () => {
    const providers = createProviders(() => noon);
    providers.add(requestRecord({ attempts: [failed, good] }));
    expect(providers.toJson([])).toMatchObject({
      anthropic: {
        requests: 1,
        errors: 1,
        last_outcome: 'upstream_error',
        last_error_time: '2026-11-22T12:00:00.000Z',
        latency_ms: { max: 30 },
      },
      openai: { requests: 1, errors: 0, last_outcome: 'ok', last_error_time: null, latency_ms: { max: 500 } },
    });
  });

  it('do not hold it against a provider that a client left', () => {
    const providers = createProviders(() => noon);
    providers.add(requestRecord({ attempts: [{ ...good, outcome: 'client_abort' }] }));
    expect(providers.toJson([])).toMatchObject({ openai: { requests: 1, errors: 0, last_error_time: null } });
  });

  it('tell how many requests each has on its way, before its first has come back', () => {
    const providers = createProviders(() => noon);
    const inFlight = [requestRecord(), requestRecord(), requestRecord({ provider: null })];
    expect(providers.toJson(inFlight)).toEqual({
      anthropic: {
        requests: 0,
        errors: 0,
        in_flight: 2,
        last_outcome: null,
        last_error_time: null,
        quota: [],
        latency_ms: null,
      },
    });
    expect(providers.toJson([])).toMatchObject({ anthropic: { in_flight: 0 } });
  });

  it('tell of their own limits what the answer said that came last, and keep it where a later one says nothing', () => {
    const providers = createProviders(() => noon);
    const answered = (replyHeaders: string[], providerReady: number): void => {
      const marks = { ...requestRecord().marks, providerReady };
      providers.add(requestRecord({ marks, attempts: [{ ...good, replyHeaders }] }));
    };
    const remaining = (): unknown => providers.toJson([]).openai!.quota.map((quota) => quota.remaining);
    answered(['x-ratelimit-remaining-requests', '9'], 1060);
    answered(['x-ratelimit-remaining-requests', '8'], 1090);
    // A stream that began before, and ended later.
    answered(['x-ratelimit-remaining-requests', '10'], 1030);
    expect(remaining()).toEqual([8]);
    answered(['content-type', 'application/json'], 1100);
    expect(remaining()).toEqual([8]);
    answered(['x-ratelimit-remaining-requests', '7'], 1200);
    expect(remaining()).toEqual([7]);
  });
});
