import type { AnswerUsage } from '../answer.ts';

/** Usage in the names of Chat Completions, Completions and Embeddings: the input includes what the cache read and wrote. */
export function chatUsage(usage: AnswerUsage | null) {
  if (usage === null) return undefined;
  return {
    prompt_tokens: allInput(usage),
    completion_tokens: usage.output,
    total_tokens: allInput(usage) + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWriteShort + usage.cacheWriteLong,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.thinking,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Usage in the names of Responses, which also tells how long a cache write lives. */
export function responsesUsage(usage: AnswerUsage | null) {
  if (usage === null) return undefined;
  return {
    input_tokens: allInput(usage),
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWriteShort + usage.cacheWriteLong,
      cache_write_tokens_details: { ttl_30m_tokens: usage.cacheWriteShort, ttl_12h_tokens: usage.cacheWriteLong },
    },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.thinking },
    total_tokens: allInput(usage) + usage.output,
  };
}

export function allInput({ input, cacheRead, cacheWriteShort, cacheWriteLong }: AnswerUsage): number {
  return input + cacheRead + cacheWriteShort + cacheWriteLong;
}
