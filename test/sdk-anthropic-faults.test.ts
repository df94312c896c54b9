import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';
import { withoutBreakers } from './support/proxy.ts';

let world: LoopbackProxy;
let client: Anthropic;
/** The same without a proxy between. */
let direct: Anthropic;
beforeAll(async () => {
  world = await startLoopbackProxy({ env: withoutBreakers });
  client = new Anthropic({ baseURL: world.url, apiKey: 'sk-mine', maxRetries: 0 });
  direct = client.withOptions({ baseURL: world.loopback.url });
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const model = 'claude-sonnet-4-6';
const ask = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Grüße' }] };
const directed = (directives: string) => ({ headers: { 'x-loopback': directives } });
const messages = {
  dialect: 'anthropic-messages',
  provider: 'anthropic',
  intent: 'generate',
  model,
  asked_model: model,
};

describe('what goes wrong, through the official Anthropic SDK', () => {
  it.each([
    [400, Anthropic.BadRequestError, 'invalid_request_error'],
    [401, Anthropic.AuthenticationError, 'authentication_error'],
    [403, Anthropic.PermissionDeniedError, 'permission_error'],
    [404, Anthropic.NotFoundError, 'not_found_error'],
    [413, APIError, 'request_too_large'],
    [429, Anthropic.RateLimitError, 'rate_limit_error'],
    [500, Anthropic.InternalServerError, 'api_error'],
    [529, Anthropic.InternalServerError, 'overloaded_error'],
  ])('is the SDK’s own exception for %d, with the provider’s words', async (status, kind, type) => {
    const options = directed(`status=${status}; retryafter=7`);
    const caught = (asked: Anthropic) => asked.messages.create(ask, options).catch((error: unknown) => error);
    const [error, expected] = (await Promise.all([client, direct].map(caught))) as APIError[];
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, type, error: expected?.error, requestID: expected?.requestID });
    expect(error?.message).toBe(expected?.message);
    expect(error?.headers?.get('retry-after')).toBe('7');
    const record = { ...messages, status, outcome: 'upstream_error', cost_usd: 0, tokens: null };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it('is tried again by the SDK when the provider said', async () => {
    const busyOnce: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      if (headers.get('x-stainless-retry-count') === '0') headers.set('x-loopback', 'status=529; retryafter=1');
      return fetch(url, { ...init, headers });
    };
    const start = performance.now();
    const retrying = client.withOptions({ maxRetries: 1, fetch: busyOnce });
    expect(await retrying.messages.create(ask)).toMatchObject({ model });
    expect(performance.now() - start).toBeGreaterThan(990);
    expect(await world.nextRecords(2)).toMatchObject([
      { status: 529, outcome: 'upstream_error', cost_usd: 0 },
      { status: 200, outcome: 'ok' },
    ]);
  });

  it.each([
    ['cut=4', 'upstream_truncated'],
    ['end=4', 'upstream_truncated'],
    ['noterminal', 'upstream_truncated'],
    ['errorevent=3', 'upstream_stream_error'],
  ])('is thrown where a stream is not whole (%s)', async (directives, outcome) => {
    const asked = client.messages.stream(ask, directed(directives)).finalMessage();
    await expect(asked).rejects.toThrow(APIError);
    expect(await world.nextRecord()).toMatchObject({ ...messages, status: 200, stream: true, outcome });
  });

  it.each(['short', 'long', 'cut=1', 'reset-after', 'close-before'])(
    'is thrown where a plain answer does not come whole (%s)',
    async (directive) => {
      const asked = client.messages.create(ask, directed(directive));
      await expect(asked).rejects.toThrow(Anthropic.InternalServerError);
      expect((await world.nextRecord()).outcome).toMatch(/^upstream_(?:truncated|unreachable)$/);
    },
  );

  it('stops the provider within 100 ms when the client leaves in the middle of a stream', async () => {
    const times = await world.closingTimes(5, async () => {
      const stream = client.messages.stream(ask, directed('tokens=1000; tps=50; in=70; cacheread=30'));
      stream.finalMessage().catch(() => undefined);
      await new Promise((resolve) => stream.once('text', resolve));
      return () => stream.abort();
    });
    expect(Math.min(...times)).toBeLessThan(100);
    // The input was told at the start, the output has been seen in part.
    const known = { tokens: { input: 70, cache_read: 30 }, exactness: 'partial' };
    const left = { ...messages, stream: true, status: 200, outcome: 'client_abort', ...known };
    expect(await world.nextRecords(5)).toMatchObject(times.map(() => left));
  });

  it('stops the provider within 100 ms when the client does not wait for an answer', async () => {
    const times = await world.closingTimes(5, () => {
      const aborting = new AbortController();
      const asked = client.messages.create(ask, { ...directed('stall'), signal: aborting.signal });
      asked.catch(() => undefined);
      return Promise.resolve(() => aborting.abort());
    });
    expect(Math.min(...times)).toBeLessThan(100);
    const left = { ...messages, stream: false, status: 0, outcome: 'client_abort' };
    expect(await world.nextRecords(5)).toMatchObject(times.map(() => left));
  });

  it('is a key that nobody has: the proxy answers as Anthropic would', async () => {
    const keyless = await startLoopbackProxy({
      change: (config) => ({
        ...config,
        providers: { anthropic: { ...config.providers['anthropic']!, baseUrl: 'https://nobody.invalid' } },
      }),
    });
    try {
      const asked = new Anthropic({ baseURL: keyless.url, apiKey: 'tokenpak', maxRetries: 0 }).messages.create(ask);
      const error = await asked.catch((thrown: unknown) => thrown as APIError);
      expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
      expect(error).toMatchObject({
        type: 'authentication_error',
        message: expect.stringContaining('ANTHROPIC_API_KEY'),
      });
      expect(await keyless.nextRecord()).toMatchObject({ status: 401, outcome: 'rejected_auth', attempts: [] });
    } finally {
      await keyless.close();
    }
  });
});
