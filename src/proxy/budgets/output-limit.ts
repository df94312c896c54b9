import { memberInFront } from '../body-edits.ts';
import type { BodyEdit, Call, Target } from '../exchange.ts';
import { findMembers } from '../json-members.ts';

/** Of Chat, OpenAI itself takes the newer name alone for its newer models; others know the older one. */
const openai = 'openai';

/**
 * The change that gives a request an output limit, spliced into the client's own bytes.
 * @returns null where it cannot be put in safely, and nothing should be changed.
 */
export function outputLimit({ dialect, envelope, body }: Call, target: Target, limit: number): BodyEdit | null {
  const start = envelope?.membersStart ?? null;
  if (start === null || body.kind !== 'bytes') return null;
  switch (dialect) {
    case 'anthropic-messages':
      return memberOf(body.bytes, start, 'max_tokens', limit);
    case 'openai-chat':
      return memberOf(body.bytes, start, target.provider === openai ? 'max_completion_tokens' : 'max_tokens', limit);
    case 'openai-responses':
      return memberOf(body.bytes, start, 'max_output_tokens', limit);
    case 'gemini':
      return geminiLimit(body.bytes, start, limit);
  }
}

/** In the place of one that says nothing, such as `null`: of two, a provider would take the client's. */
function memberOf(bytes: Buffer, membersStart: number, key: string, limit: number): BodyEdit | null {
  const open = membersStart - 1;
  const found = findMembers(bytes.toString('latin1', open), [key]);
  if (found === null) return null;
  const [own] = found;
  if (own === undefined) return memberInFront(membersStart, `"${key}":${limit}`);
  return { start: open + own.start, end: open + own.end, text: String(limit) };
}

/** Gemini's stands in `generationConfig`, which may be there already. */
function geminiLimit(bytes: Buffer, membersStart: number, limit: number): BodyEdit | null {
  const open = membersStart - 1;
  const text = bytes.toString('latin1', open);
  const found = findMembers(text, ['generationConfig', 'generation_config']);
  if (found === null) return null;
  const config = found[0] ?? found[1];
  if (config === undefined) return memberInFront(membersStart, `"generationConfig":{"maxOutputTokens":${limit}}`);
  const value = text.slice(config.start, config.end);
  if (!value.startsWith('{')) return null;
  for (const own of findMembers(value, ['maxOutputTokens', 'max_output_tokens']) ?? []) {
    if (own === undefined) continue;
    const at = open + config.start;
    return { start: at + own.start, end: at + own.end, text: String(limit) };
  }
  const start = open + config.start + 1;
  const separator = /^\{\s*\}$/.test(value) ? '' : ',';
  return { start, end: start, text: `"maxOutputTokens":${limit}${separator}` };
}
