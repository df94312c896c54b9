import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';

let world: LoopbackProxy;
let client: OpenAI;
/** The same without a proxy between. */
let direct: OpenAI;
beforeAll(async () => {
  world = await startLoopbackProxy();
  client = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'sk-mine', maxRetries: 0 });
  direct = client.withOptions({ baseURL: `${world.loopback.url}/v1` });
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const model = 'gpt-6.2-sol';
const ask = { model, messages: [{ role: 'user' as const, content: 'Grüße' }] };
const askStreamed = { ...ask, stream: true as const };
type Asked = Pick<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'messages' | 'tools'>;
const directed = (directives: string) => ({ headers: { 'x-loopback': directives } });
const counted = 'in=500; cacheread=1024; cachewrite=256; tokens=40; thinking=5';
const chat = { dialect: 'openai-chat', intent: 'generate', provider: 'openai', model, asked_model: model };
const fine = { ...chat, status: 200, outcome: 'ok', exactness: 'exact' };

function tokensOf(usage: OpenAI.CompletionUsage | null | undefined) {
  const { cached_tokens = 0, cache_write_tokens = 0 } = usage?.prompt_tokens_details ?? {};
  return {
    input: (usage?.prompt_tokens ?? 0) - cached_tokens - cache_write_tokens,
    cache_read: cached_tokens,
    cache_write: cache_write_tokens,
    cache_write_1h: 0,
    output: usage?.completion_tokens,
    reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

async function chunksOf(body: OpenAI.ChatCompletionCreateParamsStreaming, options?: OpenAI.RequestOptions) {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await client.chat.completions.create(body, options)) chunks.push(chunk);
  return chunks;
}

describe('Chat Completions through the official OpenAI SDK', () => {
  it('gets the provider’s own answer, headers and all, and its price is exact', async () => {
    const { data, response } = await client.chat.completions.create(ask, directed(counted)).withResponse();
    const record = await world.nextRecord();
    // The id is a hash of the request: its bytes have arrived as they were.
    expect(data).toEqual(await direct.chat.completions.create(ask, directed(counted)));
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe('1000000');
    expect(response.headers.get('x-tokenpak-request-id')).toBe(record.id);
    expect(record).toMatchObject({ ...fine, stream: false, tokens: tokensOf(data.usage) });
    expect(record.tokens).toEqual({
      input: 500,
      cache_read: 1024,
      cache_write: 256,
      cache_write_1h: 0,
      output: 40,
      reasoning: 5,
    });
    // 500 at $2, 1,024 at $0.10, 256 at $2.50 and 40 at $10 a million.
    expect(record.cost_picodollars).toBe(String(1_000_000_000 + 102_400_000 + 640_000_000 + 400_000_000));
    expect(record.cost_usd).toBe(0.0021424);
    expect(record.latency_ms['total']).toBeGreaterThanOrEqual(record.latency_ms['first_byte'] ?? Infinity);
  });

  it('streams the same text, and its usage where asked for', async () => {
    const body = { ...askStreamed, stream_options: { include_usage: true } };
    const chunks = await chunksOf(body, directed(counted));
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    const whole = await direct.chat.completions.create(ask, directed(counted));
    expect(text).toBe(whole.choices[0]?.message.content);
    const usage = chunks.flatMap((chunk) => chunk.usage ?? []);
    expect(usage).toEqual([whole.usage]);
    expect(await world.nextRecord()).toMatchObject({
      ...fine,
      stream: true,
      tokens: tokensOf(usage[0]),
      cost_picodollars: '2142400000',
    });
  });

  it.each(['plain', 'streamed'])('calls tools in parallel and takes their results (%s)', async (how) => {
    const run = async (body: Asked) => {
      const options = directed('tools=2');
      const { completions } = client.chat;
      const whole =
        how === 'plain' ? completions.create(body, options) : completions.stream(body, options).finalChatCompletion();
      return (await whole).choices[0] as OpenAI.ChatCompletion.Choice;
    };
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = ['weather', 'time'].map((name) => ({ type: 'function' as const, function: { name, parameters } }));
    const called = await run({ ...ask, tools });
    const calls = called.message.tool_calls as OpenAI.ChatCompletionMessageFunctionToolCall[];
    expect(calls.map(({ function: { name, arguments: given } }) => [name, given])).toEqual([
      ['weather', '{"city":"text"}'],
      ['time', '{"city":"text"}'],
    ]);
    expect(called.finish_reason).toBe('tool_calls');
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' }));
    const answered = await run({ ...ask, tools, messages: [...ask.messages, called.message, ...results] });
    expect(answered).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringMatching(/^Loopback/) } });
    const records = await world.nextRecords(2);
    expect(records).toMatchObject([0, 1].map(() => ({ ...fine, tools: true, stream: how === 'streamed' })));
  });

  it('sends images', async () => {
    const image_url = { url: `data:image/png;base64,${Buffer.alloc(300_000, 7).toString('base64')}` };
    const content = [{ type: 'image_url' as const, image_url }];
    const body = { model, messages: [{ role: 'user' as const, content }] };
    const completion = await client.chat.completions.create(body);
    expect(completion).toEqual(await direct.chat.completions.create(body));
    expect(await world.nextRecord()).toMatchObject({ ...fine, tokens: tokensOf(completion.usage) });
  });

  it('completes prompts the old way', async () => {
    const body = { model, prompt: 'Grüße' };
    const whole = await client.completions.create(body, directed('in=4; tokens=2'));
    expect(whole.choices[0]?.text).toBe('Loopback answers');
    let text = '';
    const stream = await client.completions.create({ ...body, stream: true }, directed('in=4; tokens=2'));
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? '';
    expect(text).toBe('Loopback answers');
    // 4 at $2 and 2 at $10 a million, twice.
    const record = { ...fine, tokens: tokensOf(whole.usage), cost_picodollars: String(8_000_000 + 20_000_000) };
    expect(await world.nextRecords(2)).toMatchObject([
      { ...record, stream: false },
      { ...record, stream: true },
    ]);
  });

  it('is answered by the proxy’s own loopback provider where the model is called so, at its demo price', async () => {
    const name = 'loopback-fast-in1000-tokens100';
    const completion = await client.chat.completions.create({ ...ask, model: name });
    expect(completion).toMatchObject({ model: name, usage: { prompt_tokens: 1000, completion_tokens: 100 } });
    // 1,000 at $0.50 and 100 at $2.50 a million.
    const cost = { cost_picodollars: String(500_000_000 + 250_000_000) };
    expect(await world.nextRecord()).toMatchObject({
      ...fine,
      model: name,
      asked_model: name,
      ...cost,
      provider: 'loopback',
    });
  });

  it('streams fifty at once, each whole and to its own client', async () => {
    const texts = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const body = { ...askStreamed, model: `loopback-tokens${50 + index}-tps500` };
        const chunks = await chunksOf(body);
        expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
        return chunks.filter(({ choices }) => choices[0]?.delta.content).length;
      }),
    );
    expect(texts).toEqual(Array.from({ length: 50 }, (_, index) => 50 + index));
    const records = await world.nextRecords(50);
    expect(records.every(({ outcome, stream }) => outcome === 'ok' && stream)).toBe(true);
  });
});
