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
const ask = { model, input: 'Grüße' };
type Asked = Pick<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model' | 'input' | 'tools'>;
const directed = (directives: string) => ({ headers: { 'x-loopback': directives } });
const counted = 'in=500; cacheread=20; cachewrite=3; cachewrite1h=4; tokens=40; thinking=5';
const responses = { dialect: 'openai-responses', intent: 'generate', provider: 'openai', model, asked_model: model };
const fine = { ...responses, status: 200, outcome: 'ok', exactness: 'exact' };
// 500 at $2, 20 at $0.10, 3 at $2.50, 4 at $5 and 40 at $10 a million.
const cost_picodollars = String(1_000_000_000 + 2_000_000 + 7_500_000 + 20_000_000 + 400_000_000);

function tokensOf(usage: OpenAI.Responses.ResponseUsage | undefined) {
  const { cached_tokens = 0, cache_write_tokens = 0 } = usage?.input_tokens_details ?? {};
  return {
    input: (usage?.input_tokens ?? 0) - cached_tokens - cache_write_tokens,
    cache_read: cached_tokens,
    cache_write: cache_write_tokens,
    output: usage?.output_tokens,
    reasoning: usage?.output_tokens_details.reasoning_tokens,
  };
}

type Event = OpenAI.Responses.ResponseStreamEvent;

/** Reads a stream's events into a list, which has those that came before a fault too. */
async function read(events: Event[], directives: string, signal?: AbortSignal): Promise<void> {
  const options = { ...directed(directives), ...(signal && { signal }) };
  for await (const event of await client.responses.create({ ...ask, stream: true }, options)) events.push(event);
}

describe('Responses through the official OpenAI SDK', () => {
  it('gets the provider’s own answer with its reasoning, and its price is exact', async () => {
    const response = await client.responses.create(ask, directed(counted));
    expect(response).toEqual(await direct.responses.create(ask, directed(counted)));
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    const record = await world.nextRecord();
    expect(record).toMatchObject({ ...fine, stream: false, tokens: tokensOf(response.usage), cost_picodollars });
    expect(record.tokens).toEqual({
      input: 500,
      cache_read: 20,
      cache_write: 7,
      cache_write_1h: 4,
      output: 40,
      reasoning: 5,
    });
  });

  it('streams the same answer', async () => {
    const stream = client.responses.stream(ask, directed(counted));
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => (text += delta));
    const streamed = await stream.finalResponse();
    const whole = await direct.responses.create(ask, directed(counted));
    expect(text).toBe(whole.output_text);
    expect(streamed.usage).toEqual(whole.usage);
    const record = { ...fine, stream: true, tokens: tokensOf(streamed.usage), cost_picodollars };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it.each(['plain', 'streamed'])('calls tools in parallel and takes their results (%s)', async (how) => {
    const run = async (body: Asked): Promise<OpenAI.Responses.Response> =>
      how === 'plain'
        ? client.responses.create(body, directed('tools=2; thinking=3'))
        : client.responses.stream(body, directed('tools=2; thinking=3')).finalResponse();
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = ['weather', 'time'].map((name) => ({ type: 'function' as const, name, parameters, strict: false }));
    const called = await run({ ...ask, tools });
    const calls = called.output.filter((item) => item.type === 'function_call');
    expect(calls.map(({ name, arguments: given }) => [name, given])).toEqual([
      ['weather', '{"city":"text"}'],
      ['time', '{"city":"text"}'],
    ]);
    const results = calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'sunny' }));
    const input = [...called.output, ...results] as OpenAI.Responses.ResponseInput;
    const answered = await run({ ...ask, tools, input });
    expect(answered.output_text).toMatch(/^Loopback/);
    expect(await world.nextRecords(2)).toMatchObject([
      { ...fine, tools: true, stream: how === 'streamed', tokens: tokensOf(called.usage) },
      { ...fine, tools: true, stream: how === 'streamed', tokens: tokensOf(answered.usage) },
    ]);
  });

  it('sends images', async () => {
    const image_url = `data:image/png;base64,${Buffer.alloc(300_000, 7).toString('base64')}`;
    const content = [{ type: 'input_image' as const, detail: 'auto' as const, image_url }];
    const body = { model, input: [{ role: 'user' as const, content }] };
    const response = await client.responses.create(body);
    expect(response).toEqual(await direct.responses.create(body));
    expect(await world.nextRecord()).toMatchObject({ ...fine, tokens: tokensOf(response.usage) });
  });

  it('counts, reads, cancels and deletes, for nothing', async () => {
    expect(await client.responses.inputTokens.count(ask, directed('in=9'))).toMatchObject({ input_tokens: 9 });
    expect(await world.nextRecord()).toMatchObject({ ...responses, intent: 'count', cost_usd: 0, tokens: null });
    expect(await client.responses.retrieve('resp_1')).toMatchObject({ id: 'resp_1', status: 'completed' });
    expect(await client.responses.cancel('resp_1')).toMatchObject({ id: 'resp_1', status: 'cancelled' });
    expect((await client.responses.inputItems.list('resp_1')).data).toHaveLength(1);
    await client.responses.delete('resp_1');
    const other = {
      intent: 'other',
      dialect: 'openai-responses',
      provider: 'openai',
      model: null,
      outcome: 'ok',
    };
    const records = await world.nextRecords(4);
    expect(records).toMatchObject(records.map(() => ({ ...other, exactness: 'unmetered', cost_usd: null })));
  });

  it.each(['cut=4', 'end=4', 'noterminal'])('throws where a stream is not whole (%s)', async (directives) => {
    const events: Event[] = [];
    await expect(read(events, directives)).rejects.toThrow('terminated');
    expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed' } });
    const record = { ...responses, status: 200, stream: true, outcome: 'upstream_truncated' };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it('tells of a failure by the provider’s own events', async () => {
    const events: Event[] = [];
    await read(events, 'errorevent=5');
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
    expect(await world.nextRecord()).toMatchObject({ ...responses, outcome: 'upstream_stream_error', stream: true });
  });

  it('stops the provider within 100 ms when the client leaves', async () => {
    const times = await world.closingTimes(5, () => {
      const aborting = new AbortController();
      read([], 'stall-mid', aborting.signal).catch(() => undefined);
      return Promise.resolve(() => aborting.abort());
    });
    expect(Math.min(...times)).toBeLessThan(100);
    const records = await world.nextRecords(5);
    expect(records).toMatchObject(times.map(() => ({ ...responses, stream: true, outcome: 'client_abort' })));
  });
});
