import { gzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fakeUpstream } from './support/fake-upstream.ts';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';
import { startProxy, withoutBreakers } from './support/proxy.ts';

let world: LoopbackProxy;
let client: OpenAI;
/** The same without a proxy between. */
let direct: OpenAI;
beforeAll(async () => {
  world = await startLoopbackProxy({ env: withoutBreakers });
  client = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'sk-mine', maxRetries: 0 });
  direct = client.withOptions({ baseURL: `${world.loopback.url}/v1` });
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const model = 'gpt-6.2-sol';
const ask = { model, messages: [{ role: 'user' as const, content: 'Grüße' }] };
const askStreamed = { ...ask, stream: true as const };
const directed = (directives: string) => ({ headers: { 'x-loopback': directives } });
const chat = { dialect: 'openai-chat', intent: 'generate', provider: 'openai', model, asked_model: model };

async function readAll(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

describe('what goes wrong, through the official OpenAI SDK', () => {
  it.each([
    [400, OpenAI.BadRequestError],
    [401, OpenAI.AuthenticationError],
    [403, OpenAI.PermissionDeniedError],
    [404, OpenAI.NotFoundError],
    [409, OpenAI.ConflictError],
    [422, OpenAI.UnprocessableEntityError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [529, OpenAI.InternalServerError],
  ])('is the SDK’s own exception for %d, with the provider’s words', async (status, kind) => {
    const options = directed(`status=${status}; retryafter=7`);
    const caught = (asked: OpenAI) => asked.chat.completions.create(ask, options).catch((error: unknown) => error);
    const [error, expected] = (await Promise.all([client, direct].map(caught))) as InstanceType<
      typeof OpenAI.APIError
    >[];
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, error: expected?.error, message: expected?.message });
    expect(error?.headers?.get('retry-after')).toBe('7');
    expect(await world.nextRecord()).toMatchObject({
      ...chat,
      status,
      outcome: 'upstream_error',
      cost_usd: 0,
      tokens: null,
    });
  });

  it('is tried again by the SDK when the provider said', async () => {
    const busyOnce: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      if (headers.get('x-stainless-retry-count') === '0') headers.set('x-loopback', 'status=429; retryafter=1');
      return fetch(url, { ...init, headers });
    };
    const start = performance.now();
    const retrying = client.withOptions({ maxRetries: 1, fetch: busyOnce });
    expect(await retrying.chat.completions.create(ask)).toMatchObject({ model });
    expect(performance.now() - start).toBeGreaterThan(990);
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
    const stream = await client.chat.completions.create(askStreamed, directed(directives));
    await expect(readAll(stream)).rejects.toThrow(OpenAI.APIError);
    const record = { ...chat, status: 200, stream: true, outcome, exactness: 'estimated' };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it.each(['short', 'long', 'cut=1', 'reset-after', 'close-before'])(
    'is thrown where a plain answer does not come whole (%s)',
    async (directive) => {
      const asked = client.chat.completions.create(ask, directed(directive));
      await expect(asked).rejects.toThrow(OpenAI.InternalServerError);
      expect((await world.nextRecord()).outcome).toMatch(/^upstream_(?:truncated|unreachable)$/);
    },
  );

  it('stops the provider within 100 ms when the client leaves in the middle of a stream', async () => {
    const times = await world.closingTimes(5, async () => {
      const aborting = new AbortController();
      const options = { ...directed('tokens=1000; tps=50'), signal: aborting.signal };
      const stream = await client.chat.completions.create(askStreamed, options);
      await stream[Symbol.asyncIterator]().next();
      return () => aborting.abort();
    });
    expect(Math.min(...times)).toBeLessThan(100);
    const records = await world.nextRecords(5);
    expect(records).toMatchObject(times.map(() => ({ ...chat, stream: true, status: 200, outcome: 'client_abort' })));
  });

  it('stops the provider within 100 ms when the client does not wait for an answer', async () => {
    const times = await world.closingTimes(5, async () => {
      const aborting = new AbortController();
      const asked = client.chat.completions.create(ask, { ...directed('stall'), signal: aborting.signal });
      asked.catch(() => undefined);
      return () => aborting.abort();
    });
    expect(Math.min(...times)).toBeLessThan(100);
    const records = await world.nextRecords(5);
    expect(records).toMatchObject(times.map(() => ({ ...chat, stream: false, status: 0, outcome: 'client_abort' })));
  });

  it.each(['identity', 'gzip'])('is not that a stream comes in one piece with its head (%s)', async (coding) => {
    const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model };
    const event = (choice: object) => `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, ...choice }] })}\n\n`;
    const events = Array.from({ length: 300 }, () => event({ delta: { content: 'word ' }, finish_reason: null }));
    events.push(event({ delta: {}, finish_reason: 'stop' }), 'data: [DONE]\n\n');
    const encoded = events.map((text) => (coding === 'gzip' ? gzipSync(text) : Buffer.from(text)));
    const chunks = encoded.flatMap((bytes) => [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n']);
    const head = ['Content-Type: text/event-stream', `Content-Encoding: ${coding}`, 'Transfer-Encoding: chunked'];
    const pieces = ['HTTP/1.1 200 OK\r\n', `${head.join('\r\n')}\r\n\r\n`, ...chunks, '0\r\n\r\n'];
    const upstream = await fakeUpstream(async (connection) => {
      await connection.read();
      await connection.write(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
    });
    const proxy = await startProxy({ upstreams: { openai: upstream.url } });
    onTestFinished(async () => {
      process.off('warning', warned);
      await proxy.close();
      await upstream.close();
    });
    const warnings: Error[] = [];
    const warned = (warning: Error) => void warnings.push(warning);
    process.on('warning', warned);
    const asked = client.withOptions({ baseURL: `${proxy.url}/v1` });
    const text = await readAll(await asked.chat.completions.create(askStreamed));
    expect(text).toBe('word '.repeat(300));
    expect(warnings).toEqual([]);
  });
});
