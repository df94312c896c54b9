import type { AnswerUsage } from '../answer.ts';
import type { Directives } from '../directives.ts';

/** Gemini's usage: the prompt includes what was read from the cache, the candidates exclude the thoughts. */
export function usageMetadata(usage: AnswerUsage | null, { tier }: Directives) {
  if (usage === null) return undefined;
  const promptTokenCount = usage.input + usage.cacheRead;
  const candidatesTokenCount = usage.output - usage.thinking;
  return {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + usage.output,
    ...(usage.cacheRead > 0 && { cachedContentTokenCount: usage.cacheRead }),
    ...(usage.thinking > 0 && { thoughtsTokenCount: usage.thinking }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokenCount }],
    ...(tier !== undefined && { serviceTier: tier }),
  };
}
