/** What an error body says besides its status. */
export interface ErrorDetails {
  readonly message?: string;
  readonly requestId?: string;
  readonly retryAfterSeconds?: number | undefined;
}

const messages: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'The API key is not valid',
  402: 'The credit balance is too low',
  403: 'The API key may not do this',
  404: 'There is no such thing here',
  405: 'The method is not allowed here',
  408: 'The request took too long to arrive',
  409: 'The request is in conflict with another',
  413: 'The request is too large',
  429: 'The rate limit has been reached',
  500: 'An internal error occurred',
  503: 'The service is not available',
  504: 'The request timed out',
  529: 'Overloaded',
};

/** What the loopback provider says beside an error status, in all dialects. */
export function errorMessage(status: number): string {
  return messages[status] ?? `Status ${status} was asked for`;
}
