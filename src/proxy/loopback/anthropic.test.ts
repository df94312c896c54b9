import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLoopback, type Loopback } from './index.ts';

let loopback: Loopback;
let client: Anthropic;
beforeAll(async () => {
  loopback = await startLoopback();
  client = new Anthropic({ baseURL: loopback.url, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => loopback.close());

const weather = {
  name: 'weather',
  description: 'Tells the weather',
  input_schema: {
    type: 'object' as const,
    properties: {
      city: { type: 'string' },
      unit: { enum: ['celsius', 'kelvin'] },
      days: { type: 'integer', minimum: 1 },
    },
    required: ['city', 'unit', 'days'],
  },
};
const clock = { name: 'clock', input_schema: { type: 'object' as const } };
const ask = (model: string) => ({
  model,
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'Hello' }],
});

describe('the official Anthropic SDK', () => {
  it('gets a message with every usage field', async () => {
    const { data, response } = await client.messages.create(ask('loopback-in500-tokens40-cache')).withResponse();
    expect(data.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/^Loopback answers come/) }]);
    expect(data).toMatchObject({ model: 'loopback-in500-tokens40-cache', stop_reason: 'end_turn' });
    expect(data.usage).toEqual({
      input_tokens: 500,
      cache_creation_input_tokens: 256,
      cache_read_input_tokens: 1024,
      cache_creation: { ephemeral_5m_input_tokens: 256, ephemeral_1h_input_tokens: 0 },
      output_tokens: 40,
      output_tokens_details: { thinking_tokens: 0 },
      server_tool_use: null,
      service_tier: 'standard',
      speed: 'standard',
      inference_geo: null,
    });
    expect(response.headers.get('request-id')).toMatch(/^req_[0-9a-f]{16}$/);
    expect(response.headers.get('anthropic-ratelimit-input-tokens-remaining')).toBe('1000000');
    expect(response.headers.get('date')).not.toBeNull();
  });

  it('builds the same message from a stream as it gets in one piece', async () => {
    const body = ask('loopback-thinking-in9-tokens30-cachewrite1h7');
    const streamed = await client.messages.stream(body).finalMessage();
    const whole = await client.messages.create(body);
    const said = ({ content }: Anthropic.Message) =>
      content.map((block) => (block.type === 'thinking' ? block.thinking : (block as Anthropic.TextBlock).text));
    expect(said(streamed)).toEqual(said(whole));
    expect(streamed).toMatchObject({ usage: whole.usage, content: [{ type: 'thinking' }, { type: 'text' }] });
    expect(streamed.usage.output_tokens_details?.thinking_tokens).toBe(8);
  });

  it('sees events in the order of the protocol, one delta a token', async () => {
    const names: string[] = [];
    const stream = await client.messages.create({ ...ask('loopback-tokens3'), stream: true });
    for await (const event of stream) names.push(event.type);
    const delta = 'content_block_delta';
    expect(names).toEqual([
      'message_start',
      'content_block_start',
      delta,
      delta,
      delta,
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it.each(['plain', 'streamed'])(
    'is asked to call a tool with arguments that fit, and then answers (%s)',
    async (how) => {
      const run = (body: Anthropic.MessageCreateParamsNonStreaming) =>
        how === 'plain' ? client.messages.create(body) : client.messages.stream(body).finalMessage();
      const body = { ...ask('loopback-tools2'), tools: [weather, clock] };
      const called = await run(body);
      expect(called.stop_reason).toBe('tool_use');
      expect(called.content).toMatchObject([
        { type: 'tool_use', name: 'weather', input: { city: 'text', unit: 'celsius', days: 1 } },
        { type: 'tool_use', name: 'clock', input: {} },
      ]);
      const results = called.content.map((block) => ({
        type: 'tool_result' as const,
        tool_use_id: (block as Anthropic.ToolUseBlock).id,
        content: 'sunny',
      }));
      const turns = [
        { role: 'assistant' as const, content: called.content },
        { role: 'user' as const, content: results },
      ];
      const answered = await run({ ...body, messages: [...body.messages, ...turns] });
      expect(answered).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] });
    },
  );

  it('counts tokens, lists models and handles batches', async () => {
    expect(await client.messages.countTokens(ask('loopback-in12'))).toMatchObject({ input_tokens: 12 });
    const models = [];
    for await (const model of client.models.list()) models.push(model.id);
    expect(models).toContain('loopback');
    expect(await client.models.retrieve('loopback-fast')).toMatchObject({ type: 'model', id: 'loopback-fast' });
    const batch = await client.messages.batches.create({ requests: [{ custom_id: 'a', params: ask('loopback') }] });
    expect(batch.processing_status).toBe('in_progress');
    expect(await client.messages.batches.retrieve(batch.id)).toMatchObject({
      id: batch.id,
      processing_status: 'ended',
    });
    expect((await client.messages.batches.list()).data).toHaveLength(1);
  });

  it('takes images and cache breakpoints', async () => {
    const source = { type: 'base64' as const, media_type: 'image/png' as const, data: 'iVBORw0KGgo=' };
    const content = [{ type: 'image' as const, source, cache_control: { type: 'ephemeral' as const } }];
    const message = await client.messages.create({ ...ask('loopback'), messages: [{ role: 'user', content }] });
    expect(message.stop_reason).toBe('end_turn');
  });

  it('gets errors as its own classes', async () => {
    const overloaded = client.messages.create(ask('loopback-status529-retryafter3'));
    const error = await overloaded.catch((thrown: unknown) => thrown as APIError);
    expect(error).toMatchObject({ status: 529, type: 'overloaded_error' });
    expect((error as APIError).headers?.get('retry-after')).toBe('3');
    await expect(client.messages.create(ask('loopback-status429'))).rejects.toThrow(Anthropic.RateLimitError);
    await expect(client.messages.stream(ask('loopback-errorevent3')).finalMessage()).rejects.toThrow(APIError);
  });

  it('refuses a stream without its terminal event', async () => {
    await expect(client.messages.stream(ask('loopback-noterminal')).finalMessage()).rejects.toThrow(
      /message_stop|ended/,
    );
  });
});

describe('the AI SDK for Anthropic', () => {
  const model = () => createAnthropic({ baseURL: `${loopback.url}/v1`, apiKey: 'none' })('loopback-thinking-in7-tool');
  const tools = {
    weather: tool({ inputSchema: jsonSchema<{ city: string }>(weather.input_schema), execute: () => 'sunny' }),
  };

  it('generates text', async () => {
    const result = await generateText({ model: model(), prompt: 'Hello', maxOutputTokens: 100 });
    expect(result.text).toMatch(/^Loopback/);
    expect(result.usage).toMatchObject({ inputTokens: 7, outputTokens: 24 });
    expect(result.reasoningText).not.toBe('');
  });

  it('streams tool calls', async () => {
    const result = streamText({ model: model(), prompt: 'Hello', tools, maxOutputTokens: 100 });
    expect((await result.toolResults)[0]).toMatchObject({ toolName: 'weather', output: 'sunny' });
  });
});
