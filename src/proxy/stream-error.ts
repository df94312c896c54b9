import { isObject, type JsonObject } from './json.ts';
import type { StreamEvent } from './stream-events.ts';

/**
 * Names of errors that are the request's fault or the account's, or that only ask for patience: `type`, `code` or
 * `status`. https://docs.claude.com/en/api/errors, https://platform.openai.com/docs/api-reference/responses-streaming,
 * https://ai.google.dev/gemini-api/docs/troubleshooting
 */
const declined = new RegExp(
  '^(?:invalid_|authentication_|permission_|billing_|not_found|model_not_found|request_too_large|rate_limit|' +
    'insufficient_quota|context_length|content_|refus|unsupported_|image_|empty_image|failed_to_download_image|' +
    '\\w*_policy|failed_precondition|unauthenticated|resource_exhausted|out_of_range)',
  'i',
);

/** The error that an event reports, in any dialect; null where it reports none. */
export function errorIn(event: StreamEvent): JsonObject | null {
  if (!event.data.includes('"error"')) return null;
  const data = event.json();
  if (!isObject(data)) return null;
  const { error, response, type } = data;
  if (isObject(error)) return error;
  if (isObject(response) && isObject(response['error'])) return response['error'];
  return type === 'error' ? data : null;
}

/** Whether an error says nothing of the provider's health. */
export function isDeclined({ type, code, status }: JsonObject): boolean {
  const number = Number(code);
  if (number >= 400 && number < 500 && number !== 408) return true;
  return [type, code, status].some((name) => typeof name === 'string' && declined.test(name));
}
