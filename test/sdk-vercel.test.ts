import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  embedMany,
  generateText,
  jsonSchema,
  stepCountIs,
  streamText,
  tool,
  type LanguageModelUsage,
} from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';
import { withoutBreakers } from './support/proxy.ts';

let world: LoopbackProxy;
beforeAll(async () => {
  world = await startLoopbackProxy({ env: withoutBreakers });
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const apiKey = 'mine';
const openai = (origin: string) => createOpenAI({ baseURL: `${origin}/v1`, apiKey });
const anthropic = (origin: string) => createAnthropic({ baseURL: `${origin}/v1`, apiKey });
const google = (origin: string) => createGoogleGenerativeAI({ baseURL: `${origin}/v1beta`, apiKey });

interface Setting {
  readonly dialect: string;
  readonly provider: string;
  readonly name: string;
  readonly model: (origin: string, name: string) => Parameters<typeof generateText>[0]['model'];
  /** 500 tokens in, 1,024 read from the cache and 40 out, in picodollars. */
  readonly cost: number;
}

const settings: readonly Setting[] = [
  {
    dialect: 'openai-chat',
    provider: 'openai',
    name: 'gpt-6.2-sol',
    model: (origin, name) => openai(origin).chat(name),
    // At $2, $0.10 and $10 a million.
    cost: 1_000_000_000 + 102_400_000 + 400_000_000,
  },
  {
    dialect: 'openai-responses',
    provider: 'openai',
    name: 'gpt-6.2-sol',
    model: (origin, name) => openai(origin).responses(name),
    cost: 1_000_000_000 + 102_400_000 + 400_000_000,
  },
  {
    dialect: 'anthropic-messages',
    provider: 'anthropic',
    name: 'claude-sonnet-4-6',
    model: (origin, name) => anthropic(origin)(name),
    // At $3, $0.30 and $15 a million.
    cost: 1_500_000_000 + 307_200_000 + 600_000_000,
  },
  {
    dialect: 'gemini',
    provider: 'gemini',
    name: 'gemini-3.5-flash',
    model: (origin, name) => google(origin)(name),
    // At $1.50, $0.15 and $9 a million.
    cost: 750_000_000 + 153_600_000 + 360_000_000,
  },
];

const counted = 'in=500; cacheread=1024; tokens=40; thinking=5';
const directed = (directives: string) => ({ headers: { 'x-loopback': directives }, maxRetries: 0 });

function tokensOf({ inputTokens = 0, inputTokenDetails, outputTokens }: LanguageModelUsage) {
  const { cacheReadTokens = 0, cacheWriteTokens = 0 } = inputTokenDetails;
  return {
    input: inputTokens - cacheReadTokens - cacheWriteTokens,
    cache_read: cacheReadTokens,
    cache_write: cacheWriteTokens,
    output: outputTokens,
  };
}

describe.each(settings)('the AI SDK for $dialect', ({ dialect, provider, name, model, cost }) => {
  const asked = { dialect, provider, intent: 'generate', asked_model: name };
  const fine = { ...asked, model: name, status: 200, outcome: 'ok', exactness: 'exact' };
  const through = () => model(world.url, name);
  const cost_picodollars = String(cost);

  it('gets the provider’s own answer, at its exact price', async () => {
    const request = { prompt: 'Grüße', maxOutputTokens: 100, ...directed(counted) };
    const result = await generateText({ ...request, model: through() });
    const expected = await generateText({ ...request, model: model(world.loopback.url, name) });
    expect(result.response.id).toBe(expected.response.id);
    expect([result.text, result.reasoningText, result.usage]).toEqual([
      expected.text,
      expected.reasoningText,
      expected.usage,
    ]);
    const record = await world.nextRecord();
    expect(result.response.headers?.['x-tokenpak-request-id']).toBe(record.id);
    expect(record).toMatchObject({ ...fine, stream: false, tokens: tokensOf(result.usage), cost_picodollars });
    expect(record.tokens).toEqual({
      input: 500,
      cache_read: 1024,
      cache_write: 0,
      cache_write_1h: 0,
      output: 40,
      reasoning: 5,
    });
  });

  it('streams the same answer', async () => {
    const request = { prompt: 'Grüße', maxOutputTokens: 100, ...directed(counted) };
    const streamed = streamText({ ...request, model: through() });
    let text = '';
    for await (const part of streamed.textStream) text += part;
    const expected = await generateText({ ...request, model: model(world.loopback.url, name) });
    expect(text).toBe(expected.text);
    expect(await streamed.reasoningText).toBe(expected.reasoningText);
    const usage = await streamed.usage;
    expect(usage).toMatchObject({ inputTokens: 1524, outputTokens: 40 });
    const record = { ...fine, stream: true, tokens: tokensOf(usage), cost_picodollars };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it.each(['plain', 'streamed'])('calls tools in parallel and answers when it has their results (%s)', async (how) => {
    const properties = { city: { type: 'string' as const } };
    const inputSchema = jsonSchema<{ city: string }>({ type: 'object', properties, required: ['city'] });
    const offered = tool({ inputSchema, execute: ({ city }) => `sunny in ${city}` });
    const request = {
      model: through(),
      prompt: 'Hello',
      tools: { weather: offered, time: offered },
      stopWhen: stepCountIs(3),
      ...directed('tools=2'),
    };
    const result = how === 'plain' ? await generateText(request) : streamText(request);
    const steps = await result.steps;
    expect(steps.map(({ toolResults }) => toolResults.map(({ toolName, output }) => [toolName, output]))).toEqual([
      [
        ['weather', 'sunny in text'],
        ['time', 'sunny in text'],
      ],
      [],
    ]);
    expect(await result.text).toMatch(/^Loopback/);
    expect(await world.nextRecords(2)).toMatchObject(
      steps.map(({ usage }) => ({ ...fine, tools: true, stream: how === 'streamed', tokens: tokensOf(usage) })),
    );
  });

  it('sends images', async () => {
    const content = [{ type: 'image' as const, image: Buffer.alloc(300_000, 7), mediaType: 'image/png' }];
    const messages = [{ role: 'user' as const, content }];
    const result = await generateText({ model: through(), messages, maxRetries: 0 });
    const expected = await generateText({ model: model(world.loopback.url, name), messages });
    expect([result.text, result.response.id, result.usage]).toEqual([
      expected.text,
      expected.response.id,
      expected.usage,
    ]);
    expect(result.usage.inputTokens).toBeGreaterThan(100_000);
    expect(await world.nextRecord()).toMatchObject({ ...fine, tokens: tokensOf(result.usage) });
  });

  it('is told of errors as by the provider', async () => {
    for (const status of [400, 429, 500, 529]) {
      const request = { prompt: 'Hello', ...directed(`status=${status}; retryafter=7`) };
      const caught = (origin: string) =>
        generateText({ ...request, model: model(origin, name) }).catch((error: unknown) => error);
      const [error, expected] = (await Promise.all([world.url, world.loopback.url].map(caught))) as APICallError[];
      expect(APICallError.isInstance(error)).toBe(true);
      const { message, responseBody, isRetryable, data } = expected as APICallError;
      expect(error).toMatchObject({ statusCode: status, message, responseBody, isRetryable, data });
      expect(error?.responseHeaders).toMatchObject({ 'retry-after': '7' });
      expect(await world.nextRecord()).toMatchObject({ ...asked, status, outcome: 'upstream_error', cost_usd: 0 });
    }
  });

  it.each(['cut=4', 'end=4', 'noterminal'])('is told where a stream is not whole (%s)', async (directives) => {
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    const result = streamText({ model: through(), prompt: 'Hello', onError, ...directed(directives) });
    await result.consumeStream();
    expect(errors).not.toEqual([]);
    const record = { ...asked, status: 200, stream: true, outcome: 'upstream_truncated' };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it('stops the provider within 100 ms when the client leaves in the middle of a stream', async () => {
    const times = await world.closingTimes(5, async () => {
      const aborting = new AbortController();
      const request = { model: through(), prompt: 'Hello', abortSignal: aborting.signal };
      const { textStream } = streamText({ ...request, ...directed('tokens=1000; tps=50') });
      await textStream.getReader().read();
      return () => aborting.abort();
    });
    expect(Math.min(...times)).toBeLessThan(100);
    const left = { ...asked, stream: true, status: 200, outcome: 'client_abort' };
    expect(await world.nextRecords(5)).toMatchObject(times.map(() => left));
  });
});

it('the AI SDK streams fifty at once in all dialects, each whole and to its own client', async () => {
  const outputs = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const { model } = settings[index % settings.length] as Setting;
      const request = { prompt: 'Hello', maxOutputTokens: 100, maxRetries: 0 };
      const result = streamText({ ...request, model: model(world.url, `loopback-tokens${20 + index}-tps500`) });
      expect(await result.finishReason).toBe('stop');
      return (await result.usage).outputTokens;
    }),
  );
  expect(outputs).toEqual(Array.from({ length: 50 }, (_, index) => 20 + index));
  const records = await world.nextRecords(50);
  expect(records).toMatchObject(records.map(() => ({ outcome: 'ok', stream: true, exactness: 'exact' })));
  expect(new Set(records.map(({ tokens }) => tokens?.['output']))).toEqual(new Set(outputs));
});

it('the AI SDK tries again when the provider said', async () => {
  let attempts = 0;
  const busyOnce: typeof fetch = (url, init) => {
    const headers = new Headers(init?.headers);
    if (attempts++ === 0) headers.set('x-loopback', 'status=429; retryafter=1');
    return fetch(url, { ...init, headers });
  };
  const start = performance.now();
  const model = createAnthropic({ baseURL: `${world.url}/v1`, apiKey, fetch: busyOnce })('claude-sonnet-4-6');
  expect((await generateText({ model, prompt: 'Hello', maxRetries: 1 })).text).toMatch(/^Loopback/);
  expect(performance.now() - start).toBeGreaterThan(990);
  expect(await world.nextRecords(2)).toMatchObject([
    { status: 429, outcome: 'upstream_error', cost_usd: 0 },
    { status: 200, outcome: 'ok' },
  ]);
});

it('the AI SDK embeds', async () => {
  const embeddingModel = openai(world.url).embedding('text-embedding-3-small');
  const request = { model: embeddingModel, values: ['one', 'two'], ...directed('in=500') };
  const { embeddings, usage } = await embedMany(request);
  expect(embeddings.map(({ length }) => length)).toEqual([8, 8]);
  expect(usage).toEqual({ tokens: 500 });
  // 500 at $0.02 a million.
  const record = { provider: 'openai', intent: 'embed', exactness: 'exact', cost_picodollars: '10000000' };
  expect(await world.nextRecord()).toMatchObject(record);
  const gemini = await embedMany({
    model: google(world.url).embedding('gemini-embedding-001'),
    values: ['one', 'two'],
  });
  expect(gemini.embeddings.map(({ length }) => length)).toEqual([8, 8]);
  expect(await world.nextRecord()).toMatchObject({ provider: 'gemini', intent: 'embed', outcome: 'ok' });
});
