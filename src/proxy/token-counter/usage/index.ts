import type { Dialect } from '../../dialect.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { UsageDialect } from './usage-dialect.ts';

/** Who reads the usage of which wire format. */
export const usageDialects: Readonly<Record<Dialect, UsageDialect>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
};
