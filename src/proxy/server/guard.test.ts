import { describe, expect, it } from 'vitest';
import { ProxyError } from '../errors.ts';
import { createGuard } from './guard.ts';

const guard = createGuard({ allowedHosts: ['pak.internal'], token: null, port: () => 8766 });
const good = ['Host', '127.0.0.1:8766'];

function verdict(headers: readonly string[], check = guard, httpVersion = '1.1'): string {
  try {
    check({ method: 'POST', url: '/v1/messages', httpVersion, headers });
    return 'passes';
  } catch (error) {
    return error instanceof ProxyError ? `${error.kind.status} ${error.code}` : String(error);
  }
}

describe('the guard', () => {
  it.each(['127.0.0.1:8766', 'localhost:8766', 'LOCALHOST:8766', '[::1]:8766', 'pak.internal', 'pak.internal:8766'])(
    'answers to the host %s',
    (host) => expect(verdict(['host', host])).toBe('passes'),
  );

  it.each([
    ...['evil.test', 'evil.test:8766', '127.0.0.1.evil.test:8766', 'localhost.evil:8766', 'localhost:1', '127.0.0.1:1'],
    ...[
      '127.0.0.1',
      'localhost.:8766',
      'user@localhost:8766',
      '0.0.0.0:8766',
      '2130706433:8766',
      '[::ffff:127.0.0.1]:8766',
      '',
    ],
  ])('does not answer to the host %j', (host) => expect(verdict(['Host', host])).toBe('421 forbidden_origin'));

  it('wants exactly one host', () => {
    expect(verdict([])).toBe('400 invalid_request');
    expect(verdict([...good, ...good])).toBe('400 invalid_request');
  });

  it.each([
    ['Origin', 'https://evil.test'],
    ['Origin', 'null'],
    ['origin', 'chrome-extension://abc'],
    ['Origin', 'http://127.0.0.1:3000'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'same-site'],
    ['Referer', 'https://evil.test/page'],
  ])('refuses a web page that shows itself by %s: %s', (name, value) => {
    expect(verdict([...good, name, value])).toBe('403 forbidden_origin');
  });

  it('lets pass what a user types into the address bar, and its own pages', () => {
    expect(verdict([...good, 'Sec-Fetch-Site', 'none'])).toBe('passes');
    expect(verdict([...good, 'Origin', 'http://127.0.0.1:8766', 'Sec-Fetch-Site', 'same-origin'])).toBe('passes');
  });

  it.each(['identity, chunked', 'gzip, chunked', 'identity'])('refuses the transfer coding %s', (coding) => {
    expect(verdict([...good, 'Transfer-Encoding', coding])).toBe('501 invalid_request');
  });

  it('refuses transfer codings in HTTP/1.0', () => {
    expect(verdict([...good, 'Transfer-Encoding', 'chunked'], guard, '1.0')).toBe('400 invalid_request');
    expect(verdict([...good, 'Transfer-Encoding', 'chunked'])).toBe('passes');
  });

  it.each(['y 100-continue', '100-continue, x', 'other'])('refuses the expectation %s', (value) => {
    expect(verdict([...good, 'Expect', value])).toBe('417 expectation');
  });

  it.each(['Content_Length', 'transfer_encoding', 'X_Api_Key', 'x_goog_api_key'])('refuses the header %s', (name) => {
    expect(verdict([...good, name, '1'])).toBe('400 invalid_request');
  });

  it('lets underscores in other names pass', () => expect(verdict([...good, 'session_id', '1'])).toBe('passes'));

  it('refuses more headers than any client sends', () => {
    const many = Array.from({ length: 402 }, (_, index) => `x-${index}`);
    expect(verdict([...good, ...many])).toBe('431 headers_too_large');
  });

  describe('of an exposed proxy', () => {
    const exposed = createGuard({ allowedHosts: [], token: 'secret-token', port: () => 8766 });

    it.each([
      ['x-tokenpak-key', 'secret-token'],
      ['Authorization', 'Bearer secret-token'],
      ['x-api-key', 'secret-token'],
    ])('takes the token from %s and does not pass it on', (name, value) => {
      const headers = exposed({
        method: 'GET',
        url: '/',
        httpVersion: '1.1',
        headers: [...good, name, value, 'a', '1'],
      });
      expect(headers).toEqual({ headers: [...good, 'a', '1'], isTrusted: true });
    });

    it.each([[[]], [['x-tokenpak-key', 'secret-toke']]])(
      'trusts no request without the right token',
      (more: string[]) => {
        const head = { method: 'GET', url: '/', httpVersion: '1.1', headers: [...good, ...more] };
        expect(exposed(head)).toEqual({ headers: [...good, ...more], isTrusted: false });
      },
    );
  });
});
