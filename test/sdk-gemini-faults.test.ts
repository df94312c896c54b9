import { ApiError, GoogleGenAI, type GenerateContentParameters } from '@google/genai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';
import { withoutBreakers } from './support/proxy.ts';

let world: LoopbackProxy;
let client: GoogleGenAI;
/** The same without a proxy between. */
let direct: GoogleGenAI;
beforeAll(async () => {
  world = await startLoopbackProxy({ env: withoutBreakers });
  client = clientOf(world.url);
  direct = clientOf(world.loopback.url);
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const clientOf = (baseUrl: string) => new GoogleGenAI({ apiKey: 'mine', httpOptions: { baseUrl } });
const model = 'gemini-3.5-flash';
const directed = (directives: string) => ({ httpOptions: { headers: { 'x-loopback': directives } } });
const ask = (directives: string): GenerateContentParameters => ({
  model,
  contents: 'Grüße',
  config: directed(directives),
});
const asked = { dialect: 'gemini', provider: 'gemini', intent: 'generate', asked_model: model };

async function readAll(request: GenerateContentParameters): Promise<void> {
  for await (const _chunk of await client.models.generateContentStream(request));
}

describe('what goes wrong, through the official Gemini SDK', () => {
  it.each([400, 403, 404, 429, 500, 503, 529])(
    'is the SDK’s own exception for %d, with the provider’s words',
    async (status) => {
      const request = ask(`status=${status}; retryafter=34`);
      const caught = (from: GoogleGenAI) => from.models.generateContent(request).catch((error: unknown) => error);
      const [error, expected] = (await Promise.all([client, direct].map(caught))) as ApiError[];
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status, message: expected?.message });
      expect(error?.message).toContain('"retryDelay":"34s"');
      const record = { ...asked, status, outcome: 'upstream_error', cost_usd: 0, tokens: null };
      expect(await world.nextRecord()).toMatchObject(record);
    },
  );

  it('is tried again by the SDK', async () => {
    let attempts = 0;
    const busyOnce: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      if (attempts++ === 0) headers.set('x-loopback', 'status=429; retryafter=1');
      return fetch(url, { ...init, headers });
    };
    const retryOptions = { attempts: 2, initialDelay: 0, jitter: 0 };
    const httpOptions = { baseUrl: world.url, retryOptions, fetch: busyOnce };
    const retrying = new GoogleGenAI({ apiKey: 'mine', httpOptions });
    expect(await retrying.models.generateContent({ model, contents: 'Hello' })).toMatchObject({ modelVersion: model });
    expect(await world.nextRecords(2)).toMatchObject([
      { status: 429, outcome: 'upstream_error', cost_usd: 0 },
      { status: 200, outcome: 'ok' },
    ]);
  });

  it.each([
    ['cut=4', 'upstream_truncated'],
    ['end=4', 'upstream_truncated'],
    ['noterminal', 'upstream_truncated'],
    ['errorevent=3', 'upstream_stream_error'],
  ])('is thrown where a stream is not whole (%s)', async (directives, outcome) => {
    await expect(readAll(ask(directives))).rejects.toThrow(ApiError);
    expect(await world.nextRecord()).toMatchObject({ ...asked, status: 200, stream: true, outcome });
  });

  it.each(['short', 'long', 'cut=1', 'reset-after', 'close-before'])(
    'is thrown where a plain answer does not come whole (%s)',
    async (directive) => {
      await expect(client.models.generateContent(ask(directive))).rejects.toMatchObject({ status: 502 });
      expect((await world.nextRecord()).outcome).toMatch(/^upstream_(?:truncated|unreachable)$/);
    },
  );

  it.each([
    ['in the middle of a stream', 'tokens=1000; tps=50', 200],
    ['before an answer', 'stall', 0],
  ])('stops the provider within 100 ms when the client leaves %s', async (_, directives, status) => {
    const times = await world.closingTimes(5, async () => {
      const aborting = new AbortController();
      const config = { ...directed(directives), abortSignal: aborting.signal };
      const stream = client.models.generateContentStream({ model, contents: 'Hello', config });
      stream.catch(() => undefined);
      if (status === 200) await (await stream).next();
      return () => aborting.abort();
    });
    expect(Math.min(...times)).toBeLessThan(100);
    const left = { ...asked, stream: true, status, outcome: 'client_abort' };
    expect(await world.nextRecords(5)).toMatchObject(times.map(() => left));
  });
});
