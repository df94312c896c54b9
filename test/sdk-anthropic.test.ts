import { createHash } from 'node:crypto';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';

let world: LoopbackProxy;
let client: Anthropic;
/** The same without a proxy between. */
let direct: Anthropic;
beforeAll(async () => {
  world = await startLoopbackProxy();
  client = new Anthropic({ baseURL: world.url, apiKey: 'sk-mine', maxRetries: 0 });
  direct = client.withOptions({ baseURL: world.loopback.url });
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const model = 'claude-sonnet-4-6';
const ask = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Grüße' }] };
const directed = (directives: string) => ({ headers: { 'x-loopback': directives } });
const counted = 'in=500; cacheread=1024; cachewrite=200; cachewrite1h=56; tokens=40; thinking=5';
const anthropic = { dialect: 'anthropic-messages', provider: 'anthropic' };
const fine = {
  ...anthropic,
  intent: 'generate',
  model,
  asked_model: model,
  status: 200,
  outcome: 'ok',
  exactness: 'exact',
};
// 500 at $3, 1,024 at $0.30, 200 at $3.75, 56 at $6 and 40 at $15 a million.
const cost_picodollars = String(1_500_000_000 + 307_200_000 + 750_000_000 + 336_000_000 + 600_000_000);

function tokensOf(usage: Anthropic.Usage) {
  return {
    input: usage.input_tokens,
    cache_read: usage.cache_read_input_tokens,
    cache_write: usage.cache_creation_input_tokens,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details?.thinking_tokens,
  };
}

describe('Messages through the official Anthropic SDK', () => {
  it('gets the provider’s own answer with its thinking, headers and all, and its price is exact', async () => {
    const { data, response } = await client.messages.create(ask, directed(counted)).withResponse();
    const record = await world.nextRecord();
    // The id is a hash of the request: its bytes have arrived as they were.
    expect(data).toEqual(await direct.messages.create(ask, directed(counted)));
    expect(data.content).toMatchObject([{ type: 'thinking' }, { type: 'text' }]);
    expect(response.headers.get('request-id')).toMatch(/^req_/);
    expect(response.headers.get('anthropic-ratelimit-tokens-remaining')).toBe('1000000');
    expect(response.headers.get('x-tokenpak-request-id')).toBe(record.id);
    expect(record).toMatchObject({ ...fine, stream: false, tokens: tokensOf(data.usage), cost_picodollars });
    expect(record.tokens).toEqual({
      input: 500,
      cache_read: 1024,
      cache_write: 256,
      cache_write_1h: 56,
      output: 40,
      reasoning: 5,
    });
  });

  it('streams the same message', async () => {
    const stream = client.messages.stream(ask, directed(counted));
    let text = '';
    stream.on('text', (delta) => (text += delta));
    const streamed = await stream.finalMessage();
    const whole = await direct.messages.create(ask, directed(counted));
    expect(streamed.content).toMatchObject([{ type: 'thinking' }, { type: 'text', text }]);
    expect(text).toBe(whole.content.find((block) => block.type === 'text')?.text);
    expect(streamed.usage).toEqual(whole.usage);
    const record = { ...fine, stream: true, tokens: tokensOf(streamed.usage), cost_picodollars };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it.each(['plain', 'streamed'])('calls tools in parallel and takes their results (%s)', async (how) => {
    const run = (body: Anthropic.MessageCreateParamsNonStreaming) =>
      how === 'plain'
        ? client.messages.create(body, directed('tools=2'))
        : client.messages.stream(body, directed('tools=2')).finalMessage();
    const input_schema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = ['weather', 'time'].map((name) => ({ name, input_schema }));
    const called = await run({ ...ask, tools });
    expect(called.stop_reason).toBe('tool_use');
    expect(called.content).toMatchObject(
      tools.map(({ name }) => ({ type: 'tool_use', name, input: { city: 'text' } })),
    );
    const content = called.content
      .filter((block) => block.type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'sunny' }));
    const turns = [
      { role: 'assistant' as const, content: called.content },
      { role: 'user' as const, content },
    ];
    const answered = await run({ ...ask, tools, messages: [...ask.messages, ...turns] });
    expect(answered).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] });
    expect(await world.nextRecords(2)).toMatchObject([
      { ...fine, tools: true, stream: how === 'streamed', tokens: tokensOf(called.usage) },
      { ...fine, tools: true, stream: how === 'streamed', tokens: tokensOf(answered.usage) },
    ]);
  });

  it('sends images and cache breakpoints', async () => {
    const data = Buffer.alloc(300_000, 7).toString('base64');
    const source = { type: 'base64' as const, media_type: 'image/png' as const, data };
    const content = [{ type: 'image' as const, source, cache_control: { type: 'ephemeral' as const } }];
    const body = { ...ask, messages: [{ role: 'user' as const, content }] };
    const message = await client.messages.create(body);
    expect(message).toEqual(await direct.messages.create(body));
    expect(await world.nextRecord()).toMatchObject({ ...fine, tokens: tokensOf(message.usage) });
  });

  it('uses beta features, whose path has a query', async () => {
    const message = await client.beta.messages.create({ ...ask, betas: ['context-1m-2025-08-07'] });
    expect(message.content).toMatchObject([{ type: 'text' }]);
    expect(await world.nextRecord()).toMatchObject(fine);
  });

  it('is answered by the proxy’s own loopback provider where the model is called so, at its demo price', async () => {
    const name = 'loopback-in1000-tokens100-thinking-cachewrite1h10';
    const message = await client.messages.create({ ...ask, model: name });
    expect(message).toMatchObject({ model: name, usage: { input_tokens: 1000, output_tokens: 100 } });
    // 1,000 at $2, 10 at $4 and 100 at $10 a million.
    const cost = { cost_picodollars: String(2_000_000_000 + 40_000_000 + 1_000_000_000) };
    const record = { ...fine, model: name, asked_model: name, provider: 'loopback', ...cost };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it('streams fifty at once, each whole and to its own client', async () => {
    const outputs = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const body = { ...ask, model: `loopback-tokens${50 + index}-tps500` };
        const message = await client.messages.stream(body).finalMessage();
        expect(message).toMatchObject({ model: body.model, stop_reason: 'end_turn' });
        return message.usage.output_tokens;
      }),
    );
    expect(outputs).toEqual(Array.from({ length: 50 }, (_, index) => 50 + index));
    const records = await world.nextRecords(50);
    expect(records.every(({ outcome, stream, exactness }) => outcome === 'ok' && stream && exactness === 'exact')).toBe(
      true,
    );
    expect(new Set(records.map(({ tokens }) => tokens?.['output']))).toEqual(new Set(outputs));
  });
});

describe('the other endpoints through the official Anthropic SDK', () => {
  const unmetered = { exactness: 'unmetered', cost_usd: null, unpriced_reason: 'unmetered', tokens: null };

  it('counts tokens, for nothing', async () => {
    const { max_tokens: _unused, ...body } = ask;
    expect(await client.messages.countTokens(body, directed('in=12'))).toMatchObject({ input_tokens: 12 });
    const record = {
      ...anthropic,
      intent: 'count',
      asked_model: model,
      status: 200,
      outcome: 'ok',
      cost_usd: 0,
      tokens: null,
    };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it('lists and reads models, for nothing', async () => {
    const models = [];
    for await (const { id } of client.models.list()) models.push(id);
    expect(models).toContain('loopback');
    expect(await client.models.retrieve(model)).toMatchObject({ type: 'model', id: model });
    const list = { ...anthropic, intent: 'list', status: 200, outcome: 'ok', cost_usd: 0, tokens: null };
    expect(await world.nextRecords(2)).toMatchObject([list, list]);
  });

  it('makes and reads batches', async () => {
    const batch = await client.messages.batches.create({ requests: [{ custom_id: 'a', params: ask }] });
    expect(batch.processing_status).toBe('in_progress');
    const read = await client.messages.batches.retrieve(batch.id);
    expect(read).toMatchObject({ id: batch.id, processing_status: 'ended' });
    expect((await client.messages.batches.list()).data).toHaveLength(1);
    const records = await world.nextRecords(3);
    expect(records).toMatchObject(records.map(() => ({ ...anthropic, ...unmetered, intent: 'batch', outcome: 'ok' })));
  });

  it('sends a file, which arrives as it left, reads of it and deletes it', async () => {
    let sent = Buffer.alloc(0);
    const watching: typeof fetch = async (url, init) => {
      const request = new Request(url, init);
      sent = Buffer.from(await request.clone().arrayBuffer());
      return fetch(request);
    };
    const uploading = client.withOptions({ fetch: watching });
    const bytes = Buffer.alloc(3_000_000, 'some bytes of a file ');
    const file = await uploading.beta.files.upload({ file: await toFile(bytes, 'a.txt') });
    expect(sent.length).toBeGreaterThan(bytes.length);
    const sha256 = createHash('sha256').update(sent).digest('hex');
    expect(file).toMatchObject({ type: 'file', size_bytes: sent.length, sha256 });
    expect(await client.beta.files.retrieveMetadata(file.id)).toMatchObject({ id: file.id });
    expect((await client.beta.files.list()).data).toHaveLength(1);
    expect(await client.beta.files.delete(file.id)).toMatchObject({ type: 'file_deleted' });
    const records = await world.nextRecords(4);
    expect(records).toMatchObject(records.map(() => ({ ...anthropic, ...unmetered, intent: 'file', outcome: 'ok' })));
  });
});
