import type { Dialect } from '../dialect.ts';

const beginnings: readonly (readonly [string, Dialect])[] = [
  ['/anthropic/', 'anthropic-messages'],
  ['/gemini/', 'gemini'],
  ['/v1/messages', 'anthropic-messages'],
  ['/messages', 'anthropic-messages'],
  ['/v1beta/', 'gemini'],
  ['/upload/v1beta/', 'gemini'],
  ['/v1/responses', 'openai-responses'],
  ['/responses', 'openai-responses'],
  ['/openai/v1/responses', 'openai-responses'],
  ['/openai/responses', 'openai-responses'],
  ['/openai/', 'openai-chat'],
  ['/v1/', 'openai-chat'],
  ['/chat/', 'openai-chat'],
];

/** The dialect in which to refuse a request whose path is not known or not clean, told from how its URL begins; null where that tells nothing. */
export function dialectOfPath(url: string): Dialect | null {
  const path = url.replace(/^(?:\/(?:p|ak)\/[^/]*(?=\/)){1,2}/, '').replace(/^\/v1(?=\/v1\/)/, '');
  return beginnings.find(([beginning]) => path.startsWith(beginning))?.[1] ?? null;
}
