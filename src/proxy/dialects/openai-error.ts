import type { ProxyError } from '../errors.ts';

/** OpenAI's error object, which all its endpoints share: https://platform.openai.com/docs/guides/error-codes */
export function openaiErrorBody(error: ProxyError): string {
  const { openaiType: type } = error.kind;
  const code = error.code === 'unauthorized' ? 'invalid_api_key' : error.code;
  return JSON.stringify({ error: { message: error.message, type, param: null, code } });
}
