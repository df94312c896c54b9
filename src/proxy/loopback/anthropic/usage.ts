import type { AnswerUsage } from '../answer.ts';
import type { Directives } from '../directives.ts';

/** The usage of a whole message. */
export function wholeUsage(usage: AnswerUsage | null, { tier, speed, geo }: Directives) {
  if (usage === null) return undefined;
  return {
    ...deltaUsage(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWriteShort,
      ephemeral_1h_input_tokens: usage.cacheWriteLong,
    },
    service_tier: tier ?? 'standard',
    speed: speed ?? 'standard',
    inference_geo: geo ?? null,
  };
}

/** The usage as it stands in `message_start`: the input is known, and one token of output. */
export function startUsage(usage: AnswerUsage | null, directives: Directives) {
  const begun = usage && { ...usage, output: Math.min(1, usage.output), thinking: 0 };
  return wholeUsage(begun, directives);
}

/** The usage as it stands in `message_delta`: totals that replace the earlier ones. */
export function deltaUsage(usage: AnswerUsage | null) {
  if (usage === null) return undefined;
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWriteShort + usage.cacheWriteLong,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
    output_tokens_details: { thinking_tokens: usage.thinking },
    server_tool_use: null,
  };
}
