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

const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { type: 'function' as const, name: 'weather', parameters, strict: false };

async function eventsOf(body: OpenAI.Responses.ResponseCreateParamsStreaming) {
  const events: OpenAI.Responses.ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create(body)) events.push(event);
  return events;
}

describe('the official OpenAI SDK on Responses', () => {
  it('gets a response with every usage field', async () => {
    const model = 'loopback-in500-tokens40-thinking5-cacheread20-cachewrite3-cachewrite1h4';
    const response = await client.responses.create({ model, input: 'Hello' });
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(response.output_text).toMatch(/^Loopback answers come/);
    expect(response.usage).toEqual({
      input_tokens: 527,
      input_tokens_details: {
        cached_tokens: 20,
        cache_write_tokens: 7,
        cache_write_tokens_details: { ttl_30m_tokens: 3, ttl_12h_tokens: 4 },
      },
      output_tokens: 40,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 567,
    });
  });

  it('sees named, numbered events in the order of the protocol', async () => {
    const events = await eventsOf({ model: 'loopback-tokens3-thinking1', input: 'Hello', stream: true });
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()]);
    expect(events.map(({ type }) => type.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
  });

  it('builds the same response from a stream as it gets in one piece', async () => {
    const body = { model: 'loopback-in3-thinking-tool', input: 'Hello', tools: [weather] };
    const streamed = await client.responses.stream(body).finalResponse();
    const whole = await client.responses.create(body);
    expect(streamed.usage).toEqual(whole.usage);
    expect(streamed.output.map(({ type }) => type)).toEqual(whole.output.map(({ type }) => type));
    expect(streamed.output[1]).toMatchObject({ type: 'function_call', name: 'weather', arguments: '{"city":"text"}' });
  });

  it('answers with text once it has the results of its calls', async () => {
    const output = { type: 'function_call_output' as const, call_id: 'call_1', output: 'sunny' };
    const response = await client.responses.create({ model: 'loopback-tool', input: [output], tools: [weather] });
    expect(response.output.map(({ type }) => type)).toEqual(['message']);
  });

  it('reads, cancels and deletes responses, and counts tokens', async () => {
    expect(await client.responses.retrieve('resp_1')).toMatchObject({ id: 'resp_1', status: 'completed' });
    expect(await client.responses.cancel('resp_1')).toMatchObject({ id: 'resp_1', status: 'cancelled' });
    await client.responses.delete('resp_1');
    expect((await client.responses.inputItems.list('resp_1')).data).toHaveLength(1);
    const counted = await client.responses.inputTokens.count({ model: 'loopback-in9', input: 'Hello' });
    expect(counted.input_tokens).toBe(9);
  });

  it('is told of a failure by an error event and a failed response', async () => {
    const events = await eventsOf({ model: 'loopback-errorevent5', input: 'Hello', stream: true });
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()]);
  });
});

describe('the AI SDK for OpenAI Responses', () => {
  const model = (name: string) => createOpenAI({ baseURL: `${loopback.url}/v1`, apiKey: 'none' }).responses(name);

  it('generates text', async () => {
    const result = await generateText({ model: model('loopback-in7-thinking'), prompt: 'Hello' });
    expect(result.text).toMatch(/^Loopback/);
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
