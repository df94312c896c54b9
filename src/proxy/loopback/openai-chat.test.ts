import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLoopback, type Loopback } from './index.ts';

let loopback: Loopback;
let client: OpenAI;
beforeAll(async () => {
  loopback = await startLoopback();
  client = new OpenAI({ baseURL: `${loopback.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => loopback.close());

const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city', 'days'],
};
const weather = { type: 'function' as const, function: { name: 'weather', parameters } };
const ask = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'Hello' }] });

async function chunksOf(body: OpenAI.ChatCompletionCreateParamsStreaming): Promise<OpenAI.ChatCompletionChunk[]> {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await client.chat.completions.create(body)) chunks.push(chunk);
  return chunks;
}

describe('the official OpenAI SDK on Chat Completions', () => {
  it('gets a completion with every usage field', async () => {
    const body = ask('loopback-in500-tokens40-cache-thinking5');
    const { data, response } = await client.chat.completions.create(body).withResponse();
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', refusal: null } });
    expect(data.choices[0]?.message.content).toMatch(/^Loopback answers come/);
    expect(data.service_tier).toBe('default');
    expect(data.usage).toEqual({
      prompt_tokens: 500 + 1024 + 256,
      completion_tokens: 40,
      total_tokens: 500 + 1024 + 256 + 40,
      prompt_tokens_details: { cached_tokens: 1024, cache_write_tokens: 256, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 5,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    });
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe('1000000');
  });

  it('sees no usage in a stream that did not ask for it', async () => {
    const chunks = await chunksOf({ ...ask('loopback-tokens2'), stream: true });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['', 'Loopback', ' answers', undefined]);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
    expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1);
  });

  it('sees usage on a last chunk without choices, and null before, where it asked', async () => {
    const body = { ...ask('loopback-tokens2-in3'), stream: true as const, stream_options: { include_usage: true } };
    const chunks = await chunksOf(body);
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null, null, null]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } });
  });

  it('ends the stream with [DONE]', async () => {
    const body = JSON.stringify({ ...ask('loopback'), stream: true });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${loopback.url}/v1/chat/completions`, { method: 'POST', headers, body });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toMatch(/\n\ndata: \[DONE\]\n\n$/);
  });

  it('is asked to call tools in parallel and then answers, streamed or not', async () => {
    const body = { ...ask('loopback-tools2'), tools: [weather] };
    const whole = await client.chat.completions.create(body);
    const streamed = await client.chat.completions.stream({ ...body, model: 'loopback-tools2' }).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
      const calls = choices[0]?.message.tool_calls as OpenAI.ChatCompletionMessageFunctionToolCall[];
      expect(calls.map((call) => JSON.parse(call.function.arguments) as unknown)).toEqual([
        { city: 'text', days: 1 },
        { city: 'text', days: 1 },
      ]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    }
    const called = whole.choices[0]?.message as OpenAI.ChatCompletionMessage;
    const results = called.tool_calls?.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' }));
    const messages = [...body.messages, called, ...(results ?? [])];
    const answered = await client.chat.completions.create({ ...body, messages });
    expect(answered.choices[0]?.finish_reason).toBe('stop');
  });

  it('takes images', async () => {
    const content = [{ type: 'image_url' as const, image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }];
    const completion = await client.chat.completions.create({
      model: 'loopback',
      messages: [{ role: 'user', content }],
    });
    expect(completion.choices[0]?.finish_reason).toBe('stop');
  });

  it('gets errors as its own classes, in a stream too', async () => {
    const create = client.chat.completions.create.bind(client.chat.completions);
    await expect(create(ask('loopback-status401'))).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(create(ask('loopback-status429'))).rejects.toThrow(OpenAI.RateLimitError);
    await expect(create({ messages: [] } as never)).rejects.toThrow(/names no model/);
    await expect(chunksOf({ ...ask('loopback-errorevent3'), stream: true })).rejects.toThrow(OpenAI.APIError);
  });

  it('completes prompts the old way', async () => {
    const body = { model: 'loopback-tokens2-in4', prompt: 'Hello' };
    const whole = await client.completions.create(body);
    expect(whole).toMatchObject({ choices: [{ text: 'Loopback answers' }], usage: { prompt_tokens: 4 } });
    const texts: string[] = [];
    for await (const chunk of await client.completions.create({ ...body, stream: true })) {
      texts.push(chunk.choices[0]?.text ?? '');
    }
    expect(texts.join('')).toBe('Loopback answers');
  });
});

describe('the AI SDK for OpenAI Chat', () => {
  const model = (name: string) => createOpenAI({ baseURL: `${loopback.url}/v1`, apiKey: 'none' }).chat(name);

  it('generates text', async () => {
    const result = await generateText({ model: model('loopback-in7-thinking'), prompt: 'Hello' });
    expect(result.usage).toMatchObject({
      inputTokens: 7,
      outputTokens: 24,
      outputTokenDetails: { reasoningTokens: 8 },
    });
  });

  it('streams text and tool calls', async () => {
    const tools = { weather: tool({ inputSchema: jsonSchema(parameters), execute: () => 'sunny' }) };
    const result = streamText({ model: model('loopback-tool'), prompt: 'Hello', tools });
    expect((await result.toolResults)[0]).toMatchObject({ toolName: 'weather', output: 'sunny' });
    expect(await streamText({ model: model('loopback'), prompt: 'Hello' }).text).toMatch(/🙂\.$/);
  });
});
