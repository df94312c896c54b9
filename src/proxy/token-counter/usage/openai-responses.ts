import { isObject, type JsonObject } from '../../json.ts';
import { findMembers, valueAt } from '../../json-members.ts';
import { maxRawBytes, type Reading } from '../reading.ts';
import { counted, part, required } from './counts.ts';
import { openAiLine, openAiMode, openAiUnpriced } from './openai-usage.ts';
import type { UsageDialect, UsageStream } from './usage-dialect.ts';

const usageObject = /"usage"\s*:\s*\{/;
// Escaped as it would be there, the same text inside a string does not match.
const fileSearchCall = /"type"\s*:\s*"file_search_call"/g;
const members = ['model', 'usage', 'service_tier', 'tool_usage'] as const;

/** The events that end a stream; only they bring usage. */
const terminal: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);

/** Responses: https://platform.openai.com/docs/api-reference/responses/object */
export const openaiResponses: UsageDialect = {
  body,
  stream,
  deltaText(event) {
    if (event.name !== '' && !event.name.endsWith('.delta')) return '';
    const data = event.json();
    if (!isObject(data) || !String(data['type']).endsWith('.delta')) return '';
    return typeof data['delta'] === 'string' ? data['delta'] : '';
  },
};

function stream(): UsageStream {
  let last: Reading | null = null;
  return {
    event(event) {
      if (event.name !== '' && !terminal.has(event.name)) return false;
      if (!usageObject.test(event.data)) return false;
      const [response] = findMembers(event.data, ['response']) ?? [];
      if (response === undefined) return false;
      last = body(event.data.slice(response.start, response.end));
      return true;
    },
    reading: () => last,
  };
}

function body(text: string): Reading | null {
  const [model, usageSpan, serviceTier, toolUsage] = findMembers(text, members) ?? [];
  const usage = valueAt(text, usageSpan);
  if (usageSpan === undefined || !isObject(usage)) return null;
  const line = lineOf(valueAt(text, model), usage);
  const tools = toolsOf(valueAt(text, toolUsage));
  if (line === null || Number.isNaN(tools.webSearches)) return null;
  const details = [usage, part(usage, 'input_tokens_details'), part(usage, 'output_tokens_details')];
  return {
    lines: [line],
    mode: openAiMode(valueAt(text, serviceTier)),
    geo: null,
    webSearches: tools.webSearches,
    fileSearches: text.includes('file_search_call') ? (text.match(fileSearchCall)?.length ?? 0) : 0,
    final: true,
    doubt: null,
    unpriced: tools.madeImages ? 'image_generation' : openAiUnpriced(details, 0),
    raw: usageSpan.end - usageSpan.start <= maxRawBytes ? usage : null,
  };
}

function lineOf(model: unknown, usage: JsonObject): ReturnType<typeof openAiLine> {
  const input = part(usage, 'input_tokens_details');
  return openAiLine(model, {
    input: required(usage['input_tokens']),
    cacheRead: counted(input['cached_tokens']),
    cacheWrite: counted(input['cache_write_tokens']),
    cacheWrite12h: counted(part(input, 'cache_write_tokens_details')['ttl_12h_tokens']),
    output: counted(usage['output_tokens']),
    reasoning: counted(part(usage, 'output_tokens_details')['reasoning_tokens']),
    audioInput: 0,
  });
}

/** Tools are billed apart from tokens: searches by the call, images by tokens of a model whose price is not known here. */
function toolsOf(toolUsage: unknown): { webSearches: number; madeImages: boolean } {
  if (!isObject(toolUsage)) return { webSearches: 0, madeImages: false };
  const images = part(toolUsage, 'image_gen');
  return {
    webSearches: counted(part(toolUsage, 'web_search')['num_requests']),
    madeImages: Object.values(images).some((count) => typeof count === 'number' && count > 0),
  };
}
