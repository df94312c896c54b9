import { describe, expect, it } from 'vitest';
import { StreamEvent } from '../../stream-events.ts';
import { totalTokens, type Reading } from '../reading.ts';
import { anthropicMessages } from './anthropic-messages.ts';

const event = (data: { type: string } & Record<string, unknown>): StreamEvent =>
  new StreamEvent(data.type, JSON.stringify(data));

function streamed(...events: StreamEvent[]): Reading | null {
  const stream = anthropicMessages.stream();
  for (const each of events) stream.event(each);
  return stream.reading();
}

const body = (usage: object, model = 'claude-opus-5-5'): Reading | null =>
  anthropicMessages.body(JSON.stringify({ type: 'message', model, content: [], usage }));

const usage = {
  input_tokens: 10,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 500,
  cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
  output_tokens: 7,
  output_tokens_details: { thinking_tokens: 4 },
  service_tier: 'standard',
  inference_geo: 'global',
  server_tool_use: null,
};
const tokens = { input: 10, cacheRead: 500, cacheWrite: 30, cacheWrite1h: 10, output: 7, reasoning: 4 };

describe('a whole Messages reply', () => {
  it('brings input besides what was read from and written to the cache', () => {
    expect(body(usage)).toMatchObject({
      lines: [{ model: 'claude-opus-5-5', tokens, promptTokens: 540 }],
      mode: null,
      geo: null,
      final: true,
      doubt: null,
      unpriced: null,
    });
  });

  it.each(['global', 'not_available', '', null, undefined])(
    'is billed at the ordinary place where that is %j',
    (geo) => {
      expect(body({ ...usage, inference_geo: geo })?.geo).toBeNull();
    },
  );

  it.each([
    [{ inference_geo: 'us' }, { geo: 'us' }],
    [{ inference_geo: 7 }, { geo: 'unknown' }],
    [{ speed: 'fast' }, { mode: 'fast' }],
    [{ service_tier: 'batch', speed: 'standard' }, { mode: 'batch' }],
    [{ service_tier: 'priority', speed: 'fast' }, { mode: 'priority+fast' }],
    [{ service_tier: null, speed: null }, { mode: null }],
    [{ server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 } }, { webSearches: 3 }],
  ])('with %j tells %j', (told, expected) => {
    expect(body({ ...usage, ...told })).toMatchObject(expected);
  });

  it('takes writes for short ones where their lifetime is not told, and says so', () => {
    const told = { input_tokens: 1, cache_creation_input_tokens: 30, output_tokens: 1 };
    expect(body({ ...told, cache_creation: null })).toMatchObject({
      lines: [{ tokens: { cacheWrite: 30, cacheWrite1h: 0 } }],
      doubt: 'estimated',
    });
    expect(body({ input_tokens: 1, output_tokens: 1, cache_creation: null })?.doubt).toBeNull();
  });

  it('adds the lifetimes up where their sum is not told', () => {
    expect(body({ ...usage, cache_creation_input_tokens: null })?.lines[0]?.tokens.cacheWrite).toBe(30);
  });

  it('is partial where a redeemed credit made it cheaper than its usage', () => {
    expect(body({ ...usage, fallback_credit: { status: { type: 'redeemed' } } })?.doubt).toBe('partial');
    expect(body({ ...usage, fallback_credit: { status: { type: 'not_applied' } } })?.doubt).toBeNull();
  });

  it.each([
    { input_tokens: -1 },
    { input_tokens: null },
    { output_tokens: 1e308 },
    { cache_read_input_tokens: '5' },
    { cache_creation_input_tokens: 5 },
    { cache_creation: { ephemeral_1h_input_tokens: 0.5 } },
    { server_tool_use: { web_search_requests: -1 } },
  ])('is not believed with %j', (told) => {
    expect(body({ ...usage, ...told })).toBeNull();
  });

  it('is not priced where it counts tokens of a kind that is not known', () => {
    expect(body({ ...usage, cache_deletion_tokens: 5 })?.unpriced).toBe('unknown_usage_field');
  });
});

describe('a request in several parts', () => {
  const turn = (type: string, input: number, output: number, model?: string) => ({
    type,
    model,
    input_tokens: input,
    output_tokens: output,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  });

  it('has a line for each turn that adds up to the totals, and for what stands besides them', () => {
    const told = {
      ...turn('', 30, 12),
      iterations: [
        turn('message', 10, 5),
        turn('message', 20, 7),
        turn('compaction', 3, 2),
        turn('advisor_message', 4, 1, 'other'),
      ],
    };
    const reading = body(told);
    expect(reading?.lines.map(({ model, promptTokens }) => [model, promptTokens])).toEqual([
      ['claude-opus-5-5', 10],
      ['claude-opus-5-5', 20],
      ['claude-opus-5-5', 3],
      ['other', 4],
    ]);
    expect(reading && totalTokens(reading)).toMatchObject({ input: 37, output: 15 });
  });

  it('has the totals as one line where its turns do not add up to them, or there is one', () => {
    expect(
      body({ ...turn('', 31, 12), iterations: [turn('message', 10, 5), turn('message', 20, 7)] })?.lines,
    ).toHaveLength(1);
    expect(body({ ...turn('', 30, 12), iterations: [turn('message', 30, 12)] })?.lines).toHaveLength(1);
  });

  it('has the totals of the model that answered where another took over', () => {
    const iterations = [turn('message', 30, 0, 'first'), turn('fallback_message', 30, 12), turn('compaction', 1, 1)];
    const lines = body({ ...turn('', 30, 12), iterations })?.lines;
    expect(lines?.map(({ model, promptTokens }) => [model, promptTokens])).toEqual([
      ['claude-opus-5-5', 30],
      ['claude-opus-5-5', 1],
    ]);
  });

  it('is not priced where a part is of a kind that is not known, and not believed where one cannot be true', () => {
    expect(body({ ...usage, iterations: [turn('dream', 1, 1)] })?.unpriced).toBe('unknown_usage_field');
    expect(body({ ...usage, iterations: [turn('compaction', -1, 1)] })).toBeNull();
  });
});

describe('a Messages stream', () => {
  const start = event({
    type: 'message_start',
    message: { model: 'claude-opus-5-5', content: [], usage: { ...usage, output_tokens: 1 } },
  });
  const delta = (told: object) => event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: told });

  it('tells its input at its start, and is not final then', () => {
    expect(streamed(start)).toMatchObject({
      lines: [{ tokens: { input: 10, cacheRead: 500, output: 1 } }],
      final: false,
    });
  });

  it('tells totals with message_delta, which replace and are never added', () => {
    const told = { input_tokens: 10, cache_read_input_tokens: 500, cache_creation_input_tokens: 30, output_tokens: 7 };
    expect(streamed(start, delta(told))).toMatchObject({ lines: [{ tokens }], final: true });
    expect(streamed(start, delta({ output_tokens: 3 }), delta({ output_tokens: 7 }))).toMatchObject({
      lines: [{ tokens }],
    });
  });

  it('leaves what message_delta gives as null', () => {
    const told = { input_tokens: null, cache_read_input_tokens: null, output_tokens: 7, service_tier: null };
    expect(streamed(start, delta(told))).toMatchObject({ lines: [{ tokens }], final: true });
  });

  it('takes a larger input from message_delta', () => {
    expect(streamed(start, delta({ input_tokens: 25, output_tokens: 7 }))?.lines[0]?.tokens.input).toBe(25);
  });

  it('is not believed where message_delta cannot be true', () => {
    expect(streamed(start, delta({ output_tokens: -7 }))).toBeNull();
  });

  it('tells its usage where the server names no events', () => {
    const unnamed = [start, delta({ output_tokens: 7 })].map(({ data }) => new StreamEvent('', data));
    expect(streamed(...unnamed)).toMatchObject({ lines: [{ tokens }], final: true });
  });

  it('takes nothing but its own events for usage', () => {
    const stream = anthropicMessages.stream();
    const others = [
      event({
        type: 'content_block_delta',
        delta: { type: 'input_json_delta', partial_json: '{"usage":{"input_tokens":1}}' },
      }),
      event({ type: 'ping' }),
      new StreamEvent('message_delta', '{"usage":{'),
      new StreamEvent('message_delta', '{"type":"message_delta","usage":{"output_tokens":3}'),
    ];
    expect(others.map((each) => stream.event(each))).toEqual([false, false, false, false]);
    expect(stream.reading()).toBeNull();
  });

  it('adds text, thinking and tool input to the output', () => {
    const text = (block: object) => anthropicMessages.deltaText(event({ type: 'content_block_delta', delta: block }));
    expect(text({ type: 'text_delta', text: 'a' })).toBe('a');
    expect(text({ type: 'thinking_delta', thinking: 'b' })).toBe('b');
    expect(text({ type: 'input_json_delta', partial_json: '{' })).toBe('{');
    expect(text({ type: 'signature_delta', signature: 'xyz' })).toBe('');
    expect(anthropicMessages.deltaText(event({ type: 'ping' }))).toBe('');
  });
});
