import { describe, expect, it } from 'vitest';
import { StreamEvent } from '../../stream-events.ts';
import type { Reading } from '../reading.ts';
import { openaiChat } from './openai-chat.ts';

const body = (reply: object): Reading | null => openaiChat.body(JSON.stringify(reply));
const event = (data: object): StreamEvent => new StreamEvent('', JSON.stringify(data));

function streamed(...chunks: object[]): Reading | null {
  const stream = openaiChat.stream();
  for (const chunk of chunks) stream.event(event(chunk));
  return stream.reading();
}

const usage = {
  prompt_tokens: 100,
  completion_tokens: 40,
  total_tokens: 140,
  prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10, audio_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 30, rejected_prediction_tokens: 2 },
};
const line = {
  model: 'gpt-6.1-sol',
  tokens: { input: 30, cacheRead: 60, cacheWrite: 10, cacheWrite1h: 0, output: 40, reasoning: 30 },
  promptTokens: 100,
  audioInput: 5,
};

describe('a whole Chat reply', () => {
  it('brings four classes of tokens, reasoning and audio', () => {
    const reply = { choices: [{ message: { content: '"usage":{"prompt_tokens":1}' } }], model: 'gpt-6.1-sol', usage };
    expect(body({ ...reply, service_tier: 'flex' })).toEqual({
      lines: [line],
      mode: 'flex',
      geo: null,
      webSearches: 0,
      fileSearches: 0,
      final: true,
      doubt: null,
      unpriced: null,
      raw: usage,
    });
  });

  it('is read where LiteLLM names the parts of the prompt as Anthropic does, beside OpenAI’s names or alone', () => {
    const parts = { cache_read_input_tokens: 60, cache_creation_input_tokens: 10 };
    const totals = { prompt_tokens: 100, completion_tokens: 40 };
    const expected = { lines: [{ tokens: { input: 30, cacheRead: 60, cacheWrite: 10 } }], unpriced: null };
    expect(body({ usage: { ...totals, ...parts } })).toMatchObject(expected);
    expect(body({ usage: { ...totals, ...parts, prompt_tokens_details: { cached_tokens: 60 } } })).toMatchObject(
      expected,
    );
  });

  it('of embeddings has no output', () => {
    const reply = {
      object: 'list',
      data: [{ embedding: [0.1, -2e-3] }],
      model: 'm',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    expect(body(reply)?.lines[0]?.tokens).toMatchObject({ input: 8, output: 0 });
  });

  it.each([undefined, null, {}, [], 'no', 7])('tells nothing where its usage is %j', (told) => {
    expect(body({ model: 'm', usage: told })).toBeNull();
  });

  it.each([-1, 1.5, '7', 1e308, 2 ** 40 + 1, true, [1], {}])('is not believed where a count is %j', (count) => {
    expect(body({ usage: { ...usage, prompt_tokens: count } })).toBeNull();
    expect(body({ usage: { ...usage, completion_tokens: count } })).toBeNull();
    expect(body({ usage: { ...usage, prompt_tokens_details: { cached_tokens: count } } })).toBeNull();
    expect(body({ usage: { ...usage, completion_tokens_details: { reasoning_tokens: count } } })).toBeNull();
  });

  it('is not believed where parts are more than the whole', () => {
    expect(
      body({ usage: { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 6, cache_write_tokens: 5 } } }),
    ).toBeNull();
    expect(body({ usage: { prompt_tokens: 10, prompt_tokens_details: { audio_tokens: 11 } } })).toBeNull();
  });

  it('tells nothing where the document is cut', () => {
    expect(openaiChat.body(JSON.stringify({ usage }).slice(0, -1))).toBeNull();
  });

  it('is not priced where something is counted that is not known, or sound came out', () => {
    expect(body({ usage: { ...usage, completion_tokens_details: { dream_tokens: 3 } } })?.unpriced).toBe(
      'unknown_usage_field',
    );
    expect(body({ usage: { ...usage, completion_tokens_details: { dream_tokens: 0 } } })?.unpriced).toBeNull();
    expect(body({ usage: { ...usage, completion_tokens_details: { audio_tokens: 3 } } })?.unpriced).toBe(
      'unknown_modality',
    );
    expect(body({ usage: { ...usage, queue_time: 0.3, cost: 0.1 } })?.unpriced).toBeNull();
  });

  it('keeps no usage object that is too large', () => {
    expect(body({ usage: { ...usage, note: 'x'.repeat(5000) } })).toMatchObject({
      lines: [{ promptTokens: 100 }],
      raw: null,
    });
  });

  it('names no model of more than 200 characters in full', () => {
    expect(body({ model: 'm'.repeat(1000), usage })?.lines[0]?.model).toHaveLength(200);
  });
});

describe('a Chat stream', () => {
  const content = { model: 'gpt-6.1-sol', choices: [{ delta: { content: 'a' }, finish_reason: null }], usage: null };

  it('tells its usage in its last chunk', () => {
    const last = { model: 'gpt-6.1-sol', choices: [], usage, service_tier: 'default' };
    expect(streamed(content, last)).toMatchObject({ lines: [line], final: true, mode: null });
  });

  it('tells nothing while usage is null', () => {
    expect(streamed(content, { ...content, usage: null })).toBeNull();
  });

  it('may tell its usage on the chunk that finishes', () => {
    const last = { ...content, choices: [{ delta: {}, finish_reason: 'stop' }], usage };
    expect(streamed(content, last)).toMatchObject({ lines: [line], final: true });
  });

  it('may tell its usage behind the finish, on a chunk with an empty choice', () => {
    const finish = { ...content, choices: [{ delta: {}, finish_reason: 'stop' }] };
    const behind = { ...content, choices: [{ delta: { content: '' }, finish_reason: null }], usage };
    expect(streamed(content, finish, behind)).toMatchObject({ lines: [line], final: true });
    expect(streamed(content, behind)).toMatchObject({ final: false });
  });

  it('may tell a growing usage: the last one counts, and is not final before the finish', () => {
    const growing = (output: number) => ({ ...content, usage: { prompt_tokens: 5, completion_tokens: output } });
    expect(streamed(growing(1), growing(2))).toMatchObject({ lines: [{ tokens: { output: 2 } }], final: false });
  });

  it("may tell its usage in Groq's own member", () => {
    const last = { ...content, choices: [{ delta: {}, finish_reason: 'stop' }], x_groq: { id: 'r', usage } };
    expect(streamed(last)).toMatchObject({ lines: [{ promptTokens: 100 }], final: true });
  });

  it('is not believed where its last usage cannot be true', () => {
    expect(streamed({ ...content, usage }, { choices: [], usage: { prompt_tokens: -5 } })).toBeNull();
  });

  it('takes no text for usage', () => {
    const stream = openaiChat.stream();
    const text = { choices: [{ delta: { content: '"usage":{"prompt_tokens":9,"completion_tokens":9}' } }] };
    expect(stream.event(event(text))).toBe(false);
    expect(stream.event(new StreamEvent('', '[DONE]'))).toBe(false);
    expect(stream.event(new StreamEvent('', '{"usage":{'))).toBe(false);
    expect(stream.reading()).toBeNull();
  });

  it('adds the text, the reasoning and the tool calls of its deltas to the output', () => {
    const delta = {
      content: 'a',
      reasoning_content: 'b',
      tool_calls: [{ function: { name: 'c', arguments: '{"d":' } }, { function: { arguments: '1}' } }],
    };
    expect(openaiChat.deltaText(event({ choices: [{ delta }, { delta: { refusal: 'e' } }] }))).toBe('abc{"d":1}e');
    expect(openaiChat.deltaText(event({ choices: [{ delta: { reasoning: 'f' } }] }))).toBe('f');
    expect(openaiChat.deltaText(event({ choices: [{ text: 'legacy' }] }))).toBe('legacy');
    expect(openaiChat.deltaText(new StreamEvent('', '[DONE]'))).toBe('');
  });
});
