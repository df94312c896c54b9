import { isObject, type JsonObject } from '../../json.ts';
import { findMembers, valueAt } from '../../json-members.ts';
import { maxRawBytes, type Reading } from '../reading.ts';
import { counted, part, required } from './counts.ts';
import { openAiLine, openAiMode, openAiUnpriced } from './openai-usage.ts';
import type { UsageDialect, UsageStream } from './usage-dialect.ts';

// Escaped as it would be there, the same text inside a string does not match.
const usageObject = /"usage"\s*:\s*\{/;
const finishReason = /"finish_reason"\s*:\s*"/;
const members = ['model', 'usage', 'service_tier'] as const;

/**
 * Chat Completions, and OpenAI's other endpoints whose usage has the same names: completions and embeddings
 * (https://platform.openai.com/docs/api-reference/chat/object).
 */
export const openaiChat: UsageDialect = {
  body(text) {
    const [model, usage, serviceTier] = findMembers(text, members) ?? [];
    if (usage === undefined) return null;
    const reply = { model: valueAt(text, model), service_tier: valueAt(text, serviceTier) };
    return readingOf(reply, valueAt(text, usage), { final: true, bytes: usage.end - usage.start });
  },
  stream,
  deltaText(event) {
    const data = event.json();
    if (!isObject(data) || !Array.isArray(data['choices'])) return '';
    return data['choices'].map((choice) => (isObject(choice) ? textOf(choice) : '')).join('');
  },
};

function stream(): UsageStream {
  let last: Reading | null = null;
  let finished = false;
  return {
    event(event) {
      finished ||= finishReason.test(event.data);
      if (!usageObject.test(event.data)) return false;
      const data = event.json();
      if (!isObject(data)) return false;
      // Groq tells the usage of its last chunk in a member of its own unless it was asked for the standard one.
      const usage = isObject(data['usage']) ? data['usage'] : part(data, 'x_groq')['usage'];
      if (!isObject(usage)) return false;
      // Some servers send a growing usage with every chunk: only from the finish on is it the last word. OpenRouter's
      // stands behind it, on a chunk with an empty choice.
      const final = finished || hasNoChoice(data['choices']);
      last = readingOf(data, usage, { final, bytes: event.data.length });
      return true;
    },
    reading: () => last,
  };
}

function hasNoChoice(choices: unknown): boolean {
  return !Array.isArray(choices) || choices.length === 0;
}

function readingOf(reply: JsonObject, usage: unknown, seen: { final: boolean; bytes: number }): Reading | null {
  if (!isObject(usage)) return null;
  const prompt = part(usage, 'prompt_tokens_details');
  const completion = part(usage, 'completion_tokens_details');
  const line = openAiLine(reply['model'], {
    input: required(usage['prompt_tokens']),
    // LiteLLM names the parts of `prompt_tokens` as Anthropic does too.
    cacheRead: counted(prompt['cached_tokens'] ?? usage['cache_read_input_tokens']),
    cacheWrite: counted(prompt['cache_write_tokens'] ?? usage['cache_creation_input_tokens']),
    cacheWrite12h: counted(part(prompt, 'cache_write_tokens_details')['ttl_12h_tokens']),
    output: counted(usage['completion_tokens']),
    reasoning: counted(completion['reasoning_tokens']),
    audioInput: counted(prompt['audio_tokens']),
  });
  return (
    line && {
      lines: [line],
      mode: openAiMode(reply['service_tier']),
      geo: null,
      webSearches: 0,
      fileSearches: 0,
      final: seen.final,
      doubt: null,
      unpriced: openAiUnpriced([usage, prompt, completion], counted(completion['audio_tokens'])),
      raw: seen.bytes <= maxRawBytes ? usage : null,
    }
  );
}

function textOf(choice: JsonObject): string {
  if (typeof choice['text'] === 'string') return choice['text'];
  const delta = part(choice, 'delta');
  const texts = [delta['content'], delta['reasoning_content'] ?? delta['reasoning'], delta['refusal']];
  for (const call of Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : []) {
    if (isObject(call)) texts.push(part(call, 'function')['name'], part(call, 'function')['arguments']);
  }
  return texts.filter((text) => typeof text === 'string').join('');
}
