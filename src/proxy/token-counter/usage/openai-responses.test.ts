import { describe, expect, it } from 'vitest';
import { StreamEvent } from '../../stream-events.ts';
import type { Reading } from '../reading.ts';
import { openaiResponses } from './openai-responses.ts';

const usage = {
  input_tokens: 1000,
  input_tokens_details: {
    cached_tokens: 600,
    cache_write_tokens: 300,
    cache_write_tokens_details: { ttl_30m_tokens: 100, ttl_12h_tokens: 200 },
  },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 40 },
  total_tokens: 1050,
};
const reply = {
  object: 'response',
  status: 'completed',
  model: 'gpt-6.2-sol',
  output: [],
  usage,
  service_tier: 'ultrafast',
};
const reading = {
  lines: [
    {
      model: 'gpt-6.2-sol',
      tokens: { input: 100, cacheRead: 600, cacheWrite: 300, cacheWrite1h: 200, output: 50, reasoning: 40 },
      promptTokens: 1000,
      audioInput: 0,
    },
  ],
  mode: 'ultrafast',
  final: true,
};

const event = (name: string, data: object): StreamEvent =>
  new StreamEvent(name, JSON.stringify({ type: name, ...data }));

function streamed(...events: StreamEvent[]): Reading | null {
  const stream = openaiResponses.stream();
  for (const each of events) stream.event(each);
  return stream.reading();
}

describe('a whole Responses reply', () => {
  const body = (more: object): Reading | null => openaiResponses.body(JSON.stringify({ ...reply, ...more }));

  it('brings both lifetimes of cache writes', () => {
    expect(body({})).toMatchObject(reading);
  });

  it.each([{ input_tokens: -1 }, { output_tokens: 0.5 }, { input_tokens_details: { cached_tokens: 1001 } }])(
    'is not believed with %j',
    (told) => {
      expect(body({ usage: { ...usage, ...told } })).toBeNull();
    },
  );

  it('is not believed where more was written for twelve hours than was written at all', () => {
    const details = { cache_write_tokens: 1, cache_write_tokens_details: { ttl_12h_tokens: 2 } };
    expect(body({ usage: { ...usage, input_tokens_details: details } })).toBeNull();
  });

  it('counts searches, and says that pictures cannot be priced', () => {
    const searched = { output: [{ type: 'file_search_call' }, { type: 'file_search_call' }] };
    expect(body({ ...searched, tool_usage: { web_search: { num_requests: 4 } } })).toMatchObject({
      webSearches: 4,
      fileSearches: 2,
    });
    expect(body({ tool_usage: { image_gen: { total_tokens: 9 } } })?.unpriced).toBe('image_generation');
    expect(body({ tool_usage: { web_search: { num_requests: -4 } } })).toBeNull();
  });

  it('that is still being worked on tells nothing', () => {
    expect(body({ status: 'queued', usage: null })).toBeNull();
  });
});

describe('a Responses stream', () => {
  it.each(['response.completed', 'response.incomplete', 'response.failed'])('tells its usage with %s', (name) => {
    const created = event('response.created', { response: { ...reply, usage: null } });
    const delta = event('response.output_text.delta', { delta: '"usage":{"input_tokens":1}' });
    expect(streamed(created, delta)).toBeNull();
    expect(streamed(created, delta, event(name, { response: reply, sequence_number: 3 }))).toMatchObject(reading);
  });

  it('tells its usage where the server names no events', () => {
    const data = JSON.stringify({ type: 'response.completed', response: reply });
    expect(streamed(new StreamEvent('', data))).toMatchObject(reading);
  });

  it('tells nothing where its last event is cut or holds no response', () => {
    const whole = JSON.stringify({ type: 'response.completed', response: reply });
    expect(streamed(new StreamEvent('response.completed', whole.slice(0, -2)))).toBeNull();
    expect(streamed(event('response.completed', { usage }))).toBeNull();
  });

  it('adds its deltas to the output, and no whole texts', () => {
    const text = (name: string, data: object) => openaiResponses.deltaText(event(name, data));
    expect(text('response.output_text.delta', { delta: 'a' })).toBe('a');
    expect(text('response.function_call_arguments.delta', { delta: '{"b"' })).toBe('{"b"');
    expect(text('response.reasoning_summary_text.delta', { delta: 'c' })).toBe('c');
    expect(text('response.output_text.done', { text: 'abc', delta: 'abc' })).toBe('');
    expect(text('response.audio.delta', { delta: { no: 'text' } })).toBe('');
  });
});
