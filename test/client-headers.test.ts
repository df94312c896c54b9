import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  expectRefusal,
  headerOf,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';

let proxied: ProxiedUpstream;
let before = 0;
beforeAll(async () => {
  proxied = await proxiedUpstream();
});
beforeEach(() => void (before = proxied.upstream.requests.length));
afterAll(() => proxied.close());

const json = 'Content-Type: application/json';
const ask = (...headers: string[]) => proxied.ask({ headers: [json, ...headers], body: messageBody });
const lastHead = () => proxied.upstream.requests.at(-1)!.head;

describe('very large heads', () => {
  it.each([
    ['a header of 17 KB', { headers: [json, `X-Long: ${'a'.repeat(17_000)}`] }],
    ['a header of 60 KB', { headers: [json, `Anthropic-Beta: ${'b'.repeat(60_000)}`] }],
    ['a query of 60 KB', { path: `/v1/messages?a=${'c'.repeat(60_000)}` }],
    ['180 headers', { headers: [json, ...Array.from({ length: 180 }, (_, index) => `X-${index}: ${index}`)] }],
  ])('pass: %s', async (_, parts) => {
    expect((await proxied.ask({ ...parts, body: messageBody })).status).toBe(200);
    await proxied.unharmed(before + 1);
  });

  it.each([
    ['a header of 70 KB', { headers: [json, `X-Long: ${'a'.repeat(70_000)}`] }],
    ['a name of 70 KB', { headers: [json, `${'x'.repeat(70_000)}: a`] }],
    [
      'headers of 70 KB together',
      { headers: [json, ...Array.from({ length: 100 }, (_, i) => `X-${i}: ${'a'.repeat(700)}`)] },
    ],
    ['a URL of 70 KB', { path: `/v1/messages?a=${'c'.repeat(70_000)}` }],
    ['2,500 headers, with the credential last', { headers: [json, ...tiny(2500), 'Authorization: Bearer k'] }],
    ['201 headers', { headers: [json, ...tiny(198), 'x-api-key: k'] }],
  ])('are refused: %s', async (_, parts) => {
    expectRefusal(await proxied.ask({ ...parts, body: messageBody }), 431, 'headers_too_large');
    await proxied.unharmed(before);
  });
});

function tiny(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `a${index}:`);
}

describe('credentials', () => {
  it.each([
    ['authorization twice', ['Authorization: Bearer a', 'Authorization: Bearer b']],
    ['the same authorization twice', ['Authorization: Bearer a', 'authorization: Bearer a']],
    ['x-api-key twice', ['x-api-key: a', 'X-API-Key: b']],
  ])('that stand twice are refused: %s', async (_, headers) => {
    expectRefusal(await ask(...headers), 400, 'invalid_request');
    await proxied.unharmed(before);
  });

  it('of both schemes are forwarded as they are', async () => {
    expect((await ask('Authorization: Bearer a', 'X-Api-Key: b')).status).toBe(200);
    expect(lastHead()).toMatch(/\r\nAuthorization: Bearer a\r\nX-Api-Key: b(?:\r\n|$)/);
  });

  it.each(['X_Api_Key: k', 'x_goog_api_key: k', 'Content_Length: 3', 'TRANSFER_ENCODING: chunked'])(
    'and framing behind an underscore are refused: %s',
    async (line) => {
      expectRefusal(await ask(line), 400, 'invalid_request');
      await proxied.unharmed(before);
    },
  );
});

describe('headers that name what every object has', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__'])(
    'do no harm: %s',
    async (name) => {
      expect((await ask(`${name}: x`, `${name}: y`)).status).toBe(200);
      expect(lastHead()).not.toMatch(/^__proto__:/m);
      expect(({} as Record<string, unknown>)['x']).toBe(undefined);
      await proxied.unharmed(before + 1);
    },
  );
});

describe('headers that are not for the provider', () => {
  it('stay here: those of the connection, of browsers, of other proxies, and our own', async () => {
    const dropped = [
      ...['Connection: keep-alive, X-Named', 'X-Named: 1', 'Keep-Alive: timeout=9', 'TE: trailers', 'Trailer: X-T'],
      ...['Proxy-Authorization: Basic eA==', 'Proxy-Connection: keep-alive', 'Cookie: a=b', 'Forwarded: for=1.2.3.4'],
      ...['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-Host: evil.test', 'Sec-Fetch-Site: none', 'Sec-GPC: 1'],
      ...['X-Tokenpak-Session: s', 'X-Tokenpak-Anything: 1', 'X-Tokenpak-Upstream: http://evil.test'],
    ];
    const kept = ['session_id: abc', 'X-Custom: 1', 'x-custom: 2', 'User-Agent: me/1', 'anthropic-beta: a', 'X-Empty:'];
    expect((await ask(...dropped, ...kept)).status).toBe(200);
    const names = lastHead()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':', 1)[0]!.toLowerCase());
    for (const line of dropped.slice(1)) expect(names).not.toContain(line.split(':', 1)[0]!.toLowerCase());
    expect(lastHead()).toContain(kept.map((line) => line.replace(/:$/, ': ')).join('\r\n'));
    expect(names.filter((name) => name === 'host')).toHaveLength(1);
    await proxied.unharmed(before + 1);
  });

  it('cannot send the request elsewhere', async () => {
    const answer = await ask('X-Tokenpak-Provider: nobody');
    expectRefusal(answer, 400, 'invalid_request');
    const body = messageBody.replace(
      '{',
      '{"api_base":"http://evil.test","base_url":"http://evil.test","api_key":"k",',
    );
    expect((await proxied.ask({ body })).status).toBe(200);
    expect(proxied.upstream.requests.at(-1)!.body.toString()).toBe(body);
    await proxied.unharmed(before + 1);
  });
});

describe('an expectation', () => {
  const expecting = (...headers: string[]) =>
    proxied.bytesOf({ headers: [json, ...headers, `Content-Length: ${messageBody.length}`] });

  it('of 100-continue is met when the head is accepted, before a byte of the body', async () => {
    const client = proxied.connect();
    await client.send(expecting('Expect: 100-continue'));
    expect((await client.response()).status).toBe(100);
    await proxied.unharmed(before);
    await client.send(messageBody);
    expect((await client.response()).status).toBe(200);
    expect(lastHead()).not.toMatch(/^expect:/im);
    await proxied.unharmed(before + 1);
  });

  it('of 100-continue is met for a file once the provider takes it', async () => {
    const client = proxied.connect();
    const headers = ['Content-Type: a/b', 'Content-Length: 6', 'Expect: 100-continue'];
    await client.send(proxied.bytesOf({ path: '/v1/files', headers }));
    expect((await client.response()).status).toBe(100);
    await client.send('abc', 'def');
    expect((await client.response()).status).toBe(200);
    expect(proxied.upstream.requests.at(-1)!.body.toString()).toBe('abcdef');
    await proxied.unharmed(before + 1);
  });

  it('of 100-continue is not met for a file that no provider can be reached for', async () => {
    const unreachable = await proxiedUpstream();
    await unreachable.upstream.close();
    const client = unreachable.connect();
    const headers = ['Content-Type: a/b', 'Content-Length: 6', 'Expect: 100-continue'];
    await client.send(unreachable.bytesOf({ path: '/v1/files', headers }));
    expectRefusal(await client.response(), 502, 'upstream_unreachable');
    await client.closed;
    await unreachable.proxy.close();
  });

  it.each([
    ['path', { path: '/nowhere' }, 404],
    ['method', { method: 'PUT' }, 405],
    ['origin', { headers: [json, 'Origin: https://evil.test'] }, 403],
    ['type', { headers: ['Content-Type: text/plain'] }, 415],
    ['size', { headers: [json, 'Content-Length: 10000000000'] }, 413],
    ['length', { method: 'GET', path: '/v1/models', headers: ['Content-Length: 5'] }, 400],
  ])('of 100-continue is not met for a %s that is refused', async (_, parts, status) => {
    const { headers = [json] } = parts as { headers?: string[] };
    const length = headers.some((line) => line.startsWith('Content-Length')) ? [] : ['Content-Length: 5'];
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ ...parts, headers: [...headers, ...length, 'Expect: 100-continue'] }));
    expect((await client.response()).status).toBe(status);
    await client.closed;
    await proxied.unharmed(before);
  });

  it.each([['y 100-continue'], ['100-continue, x'], ['nothing'], ['100-continue', 'x'], ['x', '100-continue']])(
    'of anything else is refused: %j',
    async (...values) => {
      const client = proxied.connect();
      await client.send(expecting(...values.map((value) => `Expect: ${value}`)));
      expectRefusal(await client.response(), 417, 'expectation');
      await client.closed;
      await proxied.unharmed(before);
    },
  );
});

describe('trailers', () => {
  const size = messageBody.length.toString(16);
  const withTrailers = (...lines: string[]) =>
    proxied.bytesOf({
      headers: [json, 'Transfer-Encoding: chunked', 'Trailer: Authorization', 'x-api-key: good'],
      body: `${size}\r\n${messageBody}\r\n0\r\n${lines.join('\r\n')}\r\n\r\n`,
    });

  it('are not headers, and go nowhere', async () => {
    const client = proxied.connect();
    await client.send(withTrailers('Authorization: Bearer evil', 'X-T: 1', 'Host: evil.test'));
    const answer = await client.response();
    expect(answer.status).toBe(200);
    expect(headerOf(answer, 'x-t')).toBe(null);
    expect(lastHead()).not.toMatch(/evil|^x-t:|^trailer:/im);
    expect(lastHead()).toMatch(new RegExp(`^content-length: ${messageBody.length}$`, 'im'));
    await client.send(proxied.bytesOf({ method: 'GET', path: '/livez', headers: [] }));
    expect((await client.response()).status).toBe(200);
    await proxied.unharmed(before + 1);
  });

  it('that state a length are refused', async () => {
    expectRefusal(await proxied.exchange(withTrailers('Content-Length: 3')), 400, 'invalid_request');
    await proxied.unharmed(before);
  });
});
