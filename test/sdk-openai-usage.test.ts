import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';

let injecting: LoopbackProxy;
let asIs: LoopbackProxy;
beforeAll(async () => {
  injecting = await startLoopbackProxy({
    change: (config) => {
      const other = { ...config.providers['openai']!, local: false, apiKey: null };
      return { ...config, providers: { ...config.providers, other } };
    },
  });
  asIs = await startLoopbackProxy({ change: (config) => ({ ...config, usage: 'asIs' }) });
});
beforeEach(async () => {
  await injecting.skipRecords();
  await asIs.skipRecords();
});
afterAll(async () => {
  await injecting.close();
  await asIs.close();
});

const ask = { model: 'gpt-6.2-sol', messages: [{ role: 'user' as const, content: 'Hello' }], stream: true as const };
const headers = { 'x-loopback': 'in=1000; tokens=10; tps=1000' };
const usage = { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 };
const counted = {
  provider: 'openai',
  dialect: 'openai-chat',
  stream: true,
  status: 200,
  outcome: 'ok',
  exactness: 'exact',
  tokens: { input: 1000, cache_read: 0, cache_write: 0, cache_write_1h: 0, output: 10, reasoning: 0 },
  // 1,000 at $2 and 10 at $10 a million.
  cost_picodollars: String(2_000_000_000 + 100_000_000),
};

async function chunksFrom(baseURL: string, body: OpenAI.ChatCompletionCreateParamsStreaming = ask) {
  const client = new OpenAI({ baseURL, apiKey: 'sk-mine', maxRetries: 0 });
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await client.chat.completions.create(body, { headers })) chunks.push(chunk);
  return chunks;
}

async function textFrom(origin: string, body: string, more: Record<string, string> = {}): Promise<string> {
  const sent = { 'content-type': 'application/json', authorization: 'Bearer sk-mine', ...headers, ...more };
  return (await fetch(`${origin}/v1/chat/completions`, { method: 'POST', headers: sent, body })).text();
}

const usageChunks = (chunks: readonly OpenAI.ChatCompletionChunk[]) =>
  chunks.filter(({ choices, usage: told }) => choices.length === 0 || told);

describe('the usage of a Chat stream, through the official OpenAI SDK', () => {
  it('is known exactly and not shown to the client that did not ask', async () => {
    const chunks = await chunksFrom(`${injecting.url}/v1`);
    expect(usageChunks(chunks)).toEqual([]);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(await injecting.nextRecord()).toMatchObject(counted);
  });

  it.each([{ include_usage: false }, { include_obfuscation: false }, {}, null])(
    'is so too where the client’s options are %j',
    async (stream_options) => {
      expect(usageChunks(await chunksFrom(`${injecting.url}/v1`, { ...ask, stream_options }))).toEqual([]);
      expect(await injecting.nextRecord()).toMatchObject(counted);
    },
  );

  it('is shown once to the client that asked', async () => {
    const chunks = await chunksFrom(`${injecting.url}/v1`, { ...ask, stream_options: { include_usage: true } });
    expect(usageChunks(chunks)).toEqual([chunks.at(-1)]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(await injecting.nextRecord()).toMatchObject(counted);
  });

  it('is asked for by one member more, and taken out by its own bytes', async () => {
    const body = JSON.stringify(ask);
    // The answer's id is a hash of the request: equal answers are to equal bytes.
    const asked = `{"stream_options":{"include_usage":true},${body.slice(1)}`;
    const whole = await textFrom(injecting.loopback.url, asked);
    const events = whole.split(/(?<=\n\n)/);
    expect(events.filter((event) => event.includes('"choices":[]'))).toHaveLength(1);
    const kept = events.filter((event) => !event.includes('"choices":[]')).join('');
    expect(await textFrom(injecting.url, body)).toBe(kept);
    expect(await injecting.nextRecord()).toMatchObject(counted);
  });

  it('is left in a compressed stream, which passes as it is', async () => {
    const text = await textFrom(injecting.url, JSON.stringify(ask), { 'x-loopback': `${headers['x-loopback']}; gzip` });
    expect(text).toContain('"usage":{"prompt_tokens":1000,');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    expect(await injecting.nextRecord()).toMatchObject(counted);
  });

  it('is not asked of a provider that is not the one named openai', async () => {
    const chunks = await chunksFrom(`${injecting.url}/other/v1`);
    expect(chunks).toEqual(await chunksFrom(`${injecting.loopback.url}/v1`));
    expect(await injecting.nextRecord()).toMatchObject({ provider: 'other', outcome: 'ok', exactness: 'estimated' });
  });

  it('is not asked for where the configuration says asIs', async () => {
    const chunks = await chunksFrom(`${asIs.url}/v1`);
    expect(chunks).toEqual(await chunksFrom(`${asIs.loopback.url}/v1`));
    expect(usageChunks(chunks)).toEqual([]);
    const estimated = {
      ...counted,
      exactness: 'estimated',
      tokens: expect.anything(),
      cost_picodollars: expect.anything(),
    };
    expect(await asIs.nextRecord()).toMatchObject(estimated);
    const asked = await chunksFrom(`${asIs.url}/v1`, { ...ask, stream_options: { include_usage: true } });
    expect(usageChunks(asked)).toMatchObject([{ choices: [], usage }]);
    expect(await asIs.nextRecord()).toMatchObject(counted);
  });
});
