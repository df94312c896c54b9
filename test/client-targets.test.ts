import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  expectRefusal,
  headerOf,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';

let proxied: ProxiedUpstream;
beforeAll(async () => {
  proxied = await proxiedUpstream();
});
afterAll(() => proxied.close());

const body = messageBody;

describe('a target that is not a path of ours', () => {
  afterEach(() => proxied.unharmed(0));

  it.each([
    ...[
      '/',
      '/health',
      '/v2/messages',
      '/V1/messages',
      '/v1',
      '/v1/',
      '/v1/messages/',
      '/v1//messages',
      '//v1/messages',
    ],
    ...['/v1/messages/unknown', '/nobody/v1/messages', '/ak/tpk_1', '/p/x', '/p//v1/messages', '/openai'],
    ...['//evil.test/v1/messages', '///evil.test', '/\\evil.test/v1/messages', '\\\\evil.test', '/v1\\messages'],
    ...['http://evil.test/v1/messages', 'https://127.0.0.1/v1/messages', 'HTTP://EVIL.TEST', 'ftp://evil.test/x'],
    ...['/v1/../admin', '/v1/./messages', '/../v1/messages', '/v1/messages/..', '/v1/models/..;/x', '/..;/v1/messages'],
    ...['/v1/%2e%2e/messages', '/v1/%2E./messages', '/v1/.%2e/messages', '/%2e%2e/%2e%2e/etc/passwd'],
    ...[
      '/v1%2fmessages',
      '/v1/files/a%2Fb',
      '/v1/files/..%2f..%2fadmin',
      '/v1/files/a%5cb',
      '/v1/files/%5c%5cevil.test',
    ],
    ...[
      '/v1/messages%00',
      '/v1/messages%0a',
      '/v1/messages%0d%0aHost:%20evil',
      '/v1/messages%23',
      '/v1/messages%3fa=b',
    ],
    ...['/v1/%252e%252e/messages', '/v1/files/%c0%ae%c0%ae', '/v1/files/%ff', '/v1/files/%', '/v1/files/%zz'],
    ...[
      '/v1/messages;a=b',
      '/v1/messages%3ba=b',
      '/v1/messages#a',
      '/v1/messages?a#b',
      '/v1/<script>',
      '/v1/{x}',
      '/v1/|',
    ],
    ...['*', 'v1/messages', '127.0.0.1:80', 'evil.test', '/openai/../anthropic/v1/messages', '/anthropic/openai/v1/x'],
    ...[
      '/v1/v1/v1/messages',
      '/.well-known/x',
      '/favicon.ico',
      '/admin',
      '/config',
      '/debug/pprof',
      '/.env',
      '/.git/HEAD',
    ],
    ...[
      '/v1/models/a/b:generateContent',
      '/v1beta/models/:generateContent',
      '/v1beta/models/m:steal',
      '/v1beta/messages',
    ],
  ])('reaches nobody: %s', async (path) => {
    const answer = await proxied.ask({ path, body });
    expect([400, 404, 405]).toContain(answer.status);
    expect(headerOf(answer, 'x-tokenpak-error')).toMatch(/^(?:not_found|method|invalid_request)$/);
  });

  it.each(['/v1/mes\tsages', '/v1/\u00e9', '/v1/\x7f', '/v1/messages?\u00e9', '/v1/messages?a=\x80'])(
    'reaches nobody: %j, which is not ASCII or not visible',
    async (path) => {
      const answer = await proxied.ask({ path, body });
      expect([400, 404]).toContain(answer.status);
      expect(headerOf(answer, 'x-tokenpak-request-id')).toMatch(/^tp_/);
    },
  );

  it.each([
    ['/v1/messages/unknown', { type: 'error', error: { type: 'not_found_error' } }],
    ['/anthropic//v1/messages', { type: 'error', error: { type: 'not_found_error' } }],
    ['/v1/unknown', { error: { type: 'invalid_request_error', code: 'not_found', param: null } }],
    ['/openai/v1/../x', { error: { type: 'invalid_request_error', code: 'not_found' } }],
    ['/v1/responses%2f', { error: { type: 'invalid_request_error', code: 'not_found' } }],
    ['/v1beta/unknown', { error: { code: 404, status: 'NOT_FOUND' } }],
    ['/elsewhere', { type: 'error', error: { type: 'not_found_error', code: 'not_found' } }],
  ])('is refused in the dialect of its path: %s', async (path, expected) => {
    const answer = await proxied.ask({ path, body });
    expectRefusal(answer, 404, 'not_found');
    expect(JSON.parse(answer.body.toString())).toMatchObject(expected);
    expect(answer.body.toString()).not.toContain(path);
  });
});

describe('a method that is not for the path', () => {
  afterEach(() => proxied.unharmed(0));

  it.each([
    ['GET', '/v1/messages', 'POST'],
    ['PUT', '/v1/messages', 'POST'],
    ['TRACE', '/v1/messages', 'POST'],
    ['OPTIONS', '/v1/messages', 'POST'],
    ['PROPFIND', '/v1/models', 'GET, HEAD'],
    ['DELETE', '/v1/embeddings', 'POST'],
    ['PATCH', '/v1beta/models/m:generateContent', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/stats', 'GET, HEAD'],
    ['TRACE', '/', 'GET, HEAD'],
    ['OPTIONS', '/events', 'GET, HEAD'],
  ])('is told which are: %s %s', async (method, path, allow) => {
    const answer = await proxied.ask({ method, path, headers: [] });
    expectRefusal(answer, 405, 'method');
    expect(headerOf(answer, 'allow')).toBe(allow);
  });

  it('is CONNECT: refused, and the connection ends', async () => {
    const client = proxied.connect();
    await client.send('CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n');
    const answer = await client.response();
    expectRefusal(answer, 405, 'method');
    expect(headerOf(answer, 'allow')).not.toBe(null);
    await client.closed;
  });
});

describe('an upgrade', () => {
  afterEach(() => proxied.unharmed(0));

  it.each([
    [
      'of a WebSocket',
      'GET',
      '/v1/responses',
      ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    ],
    ['of a WebSocket to an own endpoint', 'GET', '/events', ['Connection: keep-alive, Upgrade', 'Upgrade: websocket']],
    [
      'to h2c',
      'GET',
      '/v1/models',
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
    ],
    ['with a body', 'POST', '/v1/messages', ['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2']],
  ])('%s is answered 426 at once, and the connection ends', async (_, method, path, headers) => {
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ method, path, headers }));
    expectRefusal(await client.response(), 426, 'upgrade');
    await client.closed;
  });
});

describe('what clients ask before they begin', () => {
  it.each(['/', '/api/hello', '/health', '/livez', '/readyz', '/stats'])(
    'HEAD %s is answered without a body',
    async (path) => {
      const client = proxied.connect();
      await client.send(proxied.bytesOf({ method: 'HEAD', path, headers: [] }));
      const answer = await client.response({ toHead: true });
      expect(answer.status).toBe(200);
      await client.send(proxied.bytesOf({ method: 'GET', path: '/livez', headers: [] }));
      expect((await client.response()).body.toString()).toBe('{"status":"ok"}');
    },
  );

  it('reaches the provider with its query as it was', async () => {
    const before = proxied.upstream.requests.length;
    await proxied.ask({ path: '/v1/messages?beta=true', body });
    await proxied.ask({ method: 'GET', path: '/v1/models?limit=1000&after=%E2%82%AC%2f+x', headers: ['x-api-key: k'] });
    await proxied.ask({ path: '/v1/messages/count_tokens', body });
    expect(proxied.upstream.requests.slice(before).map(({ head }) => head.split('\r\n', 1)[0])).toEqual([
      'POST /v1/messages?beta=true HTTP/1.1',
      'GET /v1/models?limit=1000&after=%E2%82%AC%2f+x HTTP/1.1',
      'POST /v1/messages/count_tokens HTTP/1.1',
    ]);
    await proxied.unharmed(before + 3);
  });
});
