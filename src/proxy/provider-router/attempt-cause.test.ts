import { describe, expect, it } from 'vitest';
import { ProxyError } from '../errors.ts';
import { causeOfError, causeOfStatus, causeOfStreamError, isContextLength, isQuota } from './attempt-cause.ts';

describe('the cause that an attempt fails by', () => {
  it.each([
    [200, null],
    [400, null],
    [404, null],
    [408, '5xx'],
    [429, '429'],
    [500, '5xx'],
    [503, '5xx'],
    [529, 'overloaded'],
  ])('is told by the status %d', (status, cause) => expect(causeOfStatus(status)).toBe(cause));

  it.each([
    ['upstream_unreachable', 'connect'],
    ['upstream_timeout', 'timeout'],
    ['circuit_open', 'open'],
    ['rate_limited', '429'],
    ['budget_exhausted', null],
    ['invalid_request', null],
  ] as const)('is told by our own error %s', (code, cause) =>
    expect(causeOfError(new ProxyError(code, ''))).toBe(cause),
  );

  it.each([
    [{ type: 'overloaded_error' }, 'overloaded'],
    [{ type: 'api_error' }, '5xx'],
    [{ code: 'rate_limit_exceeded' }, '429'],
    [{ status: 'RESOURCE_EXHAUSTED', code: 429 }, '429'],
    [{ type: 'invalid_request_error' }, null],
  ])('is told by a stream that begins with the error %j', (error, cause) =>
    expect(causeOfStreamError(error)).toBe(cause),
  );

  it.each([
    [
      '{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}',
      true,
    ],
    ['{"type":"error","error":{"type":"billing_error","message":"…"}}', true],
    ['{"type":"error","error":{"type":"rate_limit_error","message":"quota"}}', false],
  ])('is the account where a 429 says so: %s', (body, is) => expect(isQuota(Buffer.from(body))).toBe(is));

  it.each([
    ['{"error":{"type":"invalid_request_error","message":"prompt is too long: 2 tokens > 1 maximum"}}', true],
    ['{"error":{"code":"context_length_exceeded","message":"…"}}', true],
    [
      '[{"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8)."}}]',
      true,
    ],
    ['{"error":{"message":"max_tokens: too large"}}', false],
    ['{"error":"prompt is too long"}', false],
    ['not JSON', false],
  ])('is the length of the prompt where a body says so: %s', (body, is) =>
    expect(isContextLength(Buffer.from(body))).toBe(is),
  );
});
