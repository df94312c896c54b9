import { errorMessage, type ErrorDetails } from '../status-messages.ts';

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Anthropic's error body; within a stream it is the error event's data, and has no request id. */
export function anthropicErrorBody(status: number, { requestId, message = errorMessage(status) }: ErrorDetails = {}) {
  const type = types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  const error = { type: 'error', error: { type, message } };
  return requestId === undefined ? error : { ...error, request_id: requestId };
}
