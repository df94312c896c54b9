import { describe, expect, it } from 'vitest';
import type { Target } from '../exchange.ts';
import { requestHeaderFilter } from './request-headers.ts';

const target: Target = {
  provider: 'anthropic',
  origin: 'http://a',
  path: '/',
  model: null,
  firstByteMs: null,
  credential: null,
  local: false,
  allowsPrivate: false,
};
const filter = requestHeaderFilter();

describe('the headers that a provider gets', () => {
  it('are an open list in the order and spelling of the client', () => {
    const headers = [
      'X-Stainless-Lang',
      'js',
      'anthropic-beta',
      'a',
      'Anthropic-Beta',
      'b',
      'session_id',
      '1',
      'User-Agent',
      'x',
    ];
    expect(filter(headers, target)).toEqual(headers);
  });

  it.each([
    ...['Connection', 'Keep-Alive', 'Proxy-Authorization', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'],
    ...['Host', 'Content-Length', 'Expect', 'Cookie', 'Origin', 'Referer', 'Sec-Fetch-Site', 'sec-ch-ua', 'Forwarded'],
    ...['X-Forwarded-For', 'x-forwarded-host', 'X-Tokenpak-Project', 'x-tokenpak-anything', '__proto__'],
    ...['X-HTTP-Method-Override', 'x-http-method', 'x-method-override'],
  ])('do not hold %s', (name) => {
    expect(filter(['a', '1', name, 'close', 'b', '2'], target)).toEqual(['a', '1', 'b', '2']);
  });

  it('do not hold what a Connection header names', () => {
    expect(filter(['X-Secret', '1', 'Connection', 'keep-alive, x-secret', 'x-kept', '2'], target)).toEqual([
      'x-kept',
      '2',
    ]);
  });

  it.each([
    ['gzip, zstd, br', 'gzip, br'],
    ['zstd;q=1.0, gzip', 'gzip'],
    ['gzip, deflate, br', 'gzip, deflate, br'],
    ['', ''],
  ])('accept the codings %j as %j', (given, passed) => {
    expect(filter(['Accept-Encoding', given], target)).toEqual(passed === '' ? [] : ['Accept-Encoding', passed]);
  });

  it('hold no accept-encoding when zstd was all that the client took', () => {
    expect(filter(['accept-encoding', 'zstd'], target)).toEqual([]);
  });

  it('carry the credential of the target instead of the client’s own when it has one', () => {
    const held = { ...target, credential: ['x-api-key', 'held'] };
    const own = ['Authorization', 'Bearer own', 'X-Api-Key', 'own', 'x-goog-api-key', 'own'];
    expect(filter(own, held)).toEqual(['x-api-key', 'held']);
    expect(filter(own, target)).toEqual(own);
  });

  it('are filtered right however many spellings have been seen', () => {
    const small = requestHeaderFilter(2);
    for (let index = 0; index < 10; index++) small([`x-${index}`, '1'], target);
    expect(small(['Cookie', 'a', 'x-new', '1'], target)).toEqual(['x-new', '1']);
  });
});
