import { describe, expect, it } from 'vitest';
import { takeKeys } from './presented-keys.ts';

const key = `tpk_${'a'.repeat(43)}`;

describe('the access keys of a head', () => {
  it.each([
    ['/v1/messages?beta=true&x=%41', ['Authorization', 'Bearer sk-ant-api03-xxtpk_abcdef', 'x-api-key', 'tokenpak']],
    ['/v1/messages', ['Authorization', 'Basic dXNlcjpwYXNz', 'x-custom', 'tpk_short', 'x-notes', 'a'.repeat(80)]],
  ])('are none in %s with %j', (url, headers) => {
    expect(takeKeys(url, headers)).toBeNull();
  });

  it('leave a placeholder behind, which says where the client has its credential', () => {
    const headers = ['A', '1', 'X-Api-Key', key, 'B', '2'];
    expect(takeKeys('/v1/models', headers)).toEqual({
      ...{ url: '/v1/models', headers: ['A', '1', 'X-Api-Key', 'tokenpak', 'B', '2'], keys: [key] },
    });
    expect(takeKeys(`/v1/models?a=1&key=${key}&b=2`, ['A', '1'])).toEqual({
      ...{ url: '/v1/models?a=1&key=tokenpak&b=2', headers: ['A', '1'], keys: [key] },
    });
  });

  it('count once, however often they stand there, and all of them', () => {
    const headers = ['authorization', `Bearer ${key}`, 'x-api-key', 'tpk_other', 'x-tokenpak-key', key];
    expect(takeKeys('/', headers)?.keys).toEqual([key, 'tpk_other']);
  });

  it('take a header along that holds one where none is read', () => {
    expect(takeKeys('/', ['x-custom', `a ${key}`, key, '1', 'b', '2'])).toEqual({
      url: '/',
      headers: ['b', '2'],
      keys: [],
    });
  });

  it('are refused in another parameter of the query', () => {
    expect(() => takeKeys(`/v1/messages?token=${key}`, [])).toThrow('expected ?key=');
    // An escape that is broken does not hide one that is not.
    expect(() => takeKeys(`/v1/messages?x=%zz.${key.replace('t', '%74')}`, [])).toThrow('expected ?key=');
  });
});
