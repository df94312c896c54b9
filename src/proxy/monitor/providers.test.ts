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
        latency_ms: null,
      },
    });
    expect(providers.toJson([])).toMatchObject({ anthropic: { in_flight: 0 } });
  });
});
