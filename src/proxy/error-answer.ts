import type { Dialect } from './dialect.ts';
import { dialectFormats } from './dialects/index.ts';
import type { ProxyError } from './errors.ts';
import { quotaHeaders } from './quota-headers.ts';

export interface ErrorAnswer {
  readonly status: number;
  /** Raw pairs, `content-length` included. */
  readonly headers: string[];
  readonly body: string;
}

/** Renders an error of ours in the client's dialect; where that is not known, in a shape that Anthropic's and OpenAI's clients both read. */
export function errorAnswer(error: ProxyError, dialect: Dialect | null, requestId: string): ErrorAnswer {
  const body = dialect ? dialectFormats[dialect].errorBody(error, requestId) : commonBody(error, requestId);
  const headers = [
    ...['content-type', 'application/json'],
    ...['content-length', String(Buffer.byteLength(body))],
    ...['x-tokenpak-request-id', requestId],
    ...['x-tokenpak-error', error.code],
  ];
  headers.push(...retryHeaders(error));
  if (error.quota) headers.push(...quotaHeaders(error.quota, dialect));
  if (error.allow) headers.push('allow', error.allow.join(', '));
  if (error.kind.close) headers.push('connection', 'close');
  return { status: error.kind.status, headers, body };
}

function retryHeaders({ kind, retryAfterSeconds }: ProxyError): string[] {
  if (kind.retry === 'never') return ['x-should-retry', 'false'];
  const seconds = retryAfterSeconds ?? (kind.retry === 'client decides' ? null : kind.retry.afterSeconds);
  return seconds === null ? [] : ['retry-after', String(seconds)];
}

function commonBody(error: ProxyError, requestId: string): string {
  const { anthropicType: type } = error.kind;
  return JSON.stringify({
    type: 'error',
    error: { type, message: error.message, code: error.code },
    request_id: requestId,
  });
}
