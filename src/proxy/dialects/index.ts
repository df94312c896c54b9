import type { Dialect } from '../dialect.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import type { DialectFormat } from './dialect-format.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';

export type { DialectFormat, StreamEnding } from './dialect-format.ts';

export const dialectFormats: Readonly<Record<Dialect, DialectFormat>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
};
