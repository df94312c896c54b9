import { errorMessage, type ErrorDetails } from '../status-messages.ts';

const codes: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'not_found',
  429: 'rate_limit_exceeded',
  500: 'server_error',
  503: 'overloaded',
};

/** OpenAI's error body; within a Chat stream it is an event's data too. */
export function openaiErrorBody(status: number, { message = errorMessage(status) }: ErrorDetails = {}) {
  const type = status === 429 ? 'rate_limit_error' : status < 500 ? 'invalid_request_error' : 'server_error';
  return { error: { message, type, param: null, code: codes[status] ?? null } };
}
