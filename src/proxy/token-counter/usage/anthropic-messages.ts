import { isObject, type JsonObject } from '../../json.ts';
import type { StreamEvent } from '../../stream-events.ts';
import { findMembers, valueAt } from '../../json-members.ts';
import { maxRawBytes, type Reading } from '../reading.ts';
import { anthropicBill } from './anthropic-bill.ts';
import { counted, countsUnknown, part } from './counts.ts';
import { nameOf } from './names.ts';
import type { UsageDialect, UsageStream } from './usage-dialect.ts';

const members = ['model', 'usage'] as const;
const usageObject = /"usage"\s*:\s*\{/;

/** Messages: https://docs.claude.com/en/api/messages */
export const anthropicMessages: UsageDialect = {
  body(text) {
    const [model, usage] = findMembers(text, members) ?? [];
    if (usage === undefined) return null;
    const bytes = usage.end - usage.start;
    return readingOf(valueAt(text, model), valueAt(text, usage), { final: true, bytes });
  },
  stream,
  deltaText(event) {
    if (event.name !== '' && event.name !== 'content_block_delta') return '';
    const data = event.json();
    if (!isObject(data)) return '';
    const delta = part(data, 'delta');
    const text = delta['text'] ?? delta['partial_json'] ?? delta['thinking'];
    return typeof text === 'string' ? text : '';
  },
};

/** `message_start` brings the input, `message_delta` totals so far: each that is not null replaces what was known. */
function stream(): UsageStream {
  let model: unknown = null;
  let usage: JsonObject | null = null;
  let bytes = 0;
  let final = false;
  return {
    event(event) {
      const type = usageEventType(event);
      if (type === null) return false;
      const data = event.json() as JsonObject;
      const told = type === 'message_start' ? part(data, 'message') : data;
      if (!isObject(told['usage'])) return false;
      if (type === 'message_start') model = told['model'];
      else final = true;
      usage = overwritten(usage, told['usage']);
      bytes += event.data.length;
      return true;
    },
    reading: () => readingOf(model, usage, { final, bytes }),
  };
}

function usageEventType(event: StreamEvent): 'message_start' | 'message_delta' | null {
  if (event.name !== '' && event.name !== 'message_start' && event.name !== 'message_delta') return null;
  if (!usageObject.test(event.data)) return null;
  const data = event.json();
  const type = isObject(data) ? data['type'] : null;
  return type === 'message_start' || type === 'message_delta' ? type : null;
}

function overwritten(usage: JsonObject | null, update: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...usage };
  for (const name in update) if (update[name] !== null) merged[name] = update[name];
  return merged;
}

function readingOf(model: unknown, usage: unknown, seen: { final: boolean; bytes: number }): Reading | null {
  if (!isObject(usage)) return null;
  const bill = anthropicBill(nameOf(model), usage);
  const tools = part(usage, 'server_tool_use');
  const webSearches = counted(tools['web_search_requests']);
  if (bill === null || Number.isNaN(webSearches)) return null;
  return {
    lines: bill.lines,
    mode: modeOf(usage['service_tier'], usage['speed']),
    geo: ordinaryGeos.has(usage['inference_geo']) ? null : (nameOf(usage['inference_geo']) ?? 'unknown'),
    webSearches,
    fileSearches: 0,
    final: seen.final,
    doubt: bill.doubt,
    unpriced: bill.unpriced ?? (countsUnknown(usage, known) ? 'unknown_usage_field' : null),
    raw: seen.bytes <= maxRawBytes ? usage : null,
  };
}

/** The two are independent; a row that knows only one of them does not know both at once. */
function modeOf(serviceTier: unknown, speed: unknown): string | null {
  const modes = [serviceTier, speed].map(nameOf).filter((mode) => mode !== null && mode !== 'standard');
  return modes.length === 0 ? null : modes.join('+');
}

/** https://docs.claude.com/en/docs/build-with-claude/data-residency; models older than the setting say `not_available` or nothing. */
const ordinaryGeos: ReadonlySet<unknown> = new Set([undefined, null, '', 'global', 'not_available']);

const known: ReadonlySet<string> = new Set([
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
]);
