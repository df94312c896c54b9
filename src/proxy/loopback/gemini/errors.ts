import { errorMessage, type ErrorDetails } from '../status-messages.ts';

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Gemini's error body. It tells when to come back in the body too. */
export function geminiErrorBody(status: number, details: ErrorDetails = {}) {
  const { retryAfterSeconds, message = errorMessage(status) } = details;
  const error = { code: status, message, status: statuses[status] ?? 'UNKNOWN' };
  if (retryAfterSeconds === undefined) return { error };
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` };
  return { error: { ...error, details: [retryInfo] } };
}
