import { describe, expect, it } from 'vitest';
import { replyHeaderFilter } from './reply-headers.ts';

const filter = replyHeaderFilter();
const raw = (...headers: string[]): Buffer[] => headers.map((text) => Buffer.from(text, 'latin1'));

describe('the headers that a client gets', () => {
  it('are an open list, duplicates and latin-1 values with it', () => {
    const headers = [
      'Request-Id',
      'req_1',
      'anthropic-ratelimit-requests-limit',
      '5',
      'x-a',
      '1',
      'X-A',
      '2',
      'x-name',
      'J\u00fcrgen',
    ];
    expect(filter(raw(...headers))).toEqual(headers);
  });

  it.each([
    ...['Connection', 'Keep-Alive', 'Transfer-Encoding', 'Trailer', 'Upgrade', 'Proxy-Authenticate', 'Set-Cookie'],
    ...['Access-Control-Allow-Origin', 'access-control-expose-headers', 'Alt-Svc', 'Location', 'Refresh', 'Link'],
    ...['Clear-Site-Data', 'Service-Worker-Allowed', 'x-tokenpak-cache'],
  ])('do not hold %s', (name) => {
    expect(filter(raw('a', '1', name, 'close', 'b', '2'))).toEqual(['a', '1', 'b', '2']);
  });

  it('do not hold what a Connection header names', () => {
    expect(filter(raw('Connection', 'close, X-Secret', 'x-secret', '1', 'b', '2'))).toEqual(['b', '2']);
  });
});
