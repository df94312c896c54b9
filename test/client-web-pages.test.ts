import { afterAll, beforeAll, afterEach, describe, expect, it } from 'vitest';
import {
  expectRefusal,
  headerOf,
  message,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';
import { rawClient } from './support/raw-client.ts';

// A page in the user's browser can send requests to loopback. Held keys would pay for them.
const held = { ANTHROPIC_API_KEY: 'sk-ant-held', OPENAI_API_KEY: 'sk-held', GEMINI_API_KEY: 'held' };
let proxied: ProxiedUpstream;
beforeAll(async () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\n';
  const more =
    'Access-Control-Allow-Credentials: true\r\nTiming-Allow-Origin: *\r\nCross-Origin-Resource-Policy: cross-origin\r\n';
  const script = async (connection: { read: () => Promise<unknown>; write: (bytes: string) => Promise<void> }) => {
    for (;;) {
      await connection.read();
      await connection.write(`${head}${more}Content-Length: ${message.length}\r\n\r\n${message}`);
    }
  };
  proxied = await proxiedUpstream(script, { env: { ...held } });
});
afterAll(() => proxied.close());

const evil = 'Origin: https://evil.test';
const crossSite = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: empty'];
const json = 'Content-Type: application/json';
const form = 'Content-Type: application/x-www-form-urlencoded';
const multipart = 'Content-Type: multipart/form-data; boundary=x';
const preflight = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: content-type'];
const paths = [
  '/v1/messages',
  '/v1/chat/completions',
  '/v1/responses',
  '/v1beta/models/m:generateContent',
  '/v1/files',
];

describe('a web page', () => {
  afterEach(() => proxied.unharmed(0));

  it.each([
    ['sends JSON by fetch', 'POST', [evil, ...crossSite, json]],
    ['sends JSON as text, which needs no preflight', 'POST', [evil, 'Content-Type: text/plain;charset=UTF-8']],
    ['sends a form', 'POST', [evil, form, 'Referer: https://evil.test/']],
    ['sends a form with a file', 'POST', [evil, multipart]],
    ['sends a beacon', 'POST', [evil, ...crossSite, 'Content-Type: text/plain']],
    ['asks first', 'OPTIONS', [evil, ...preflight]],
    ['asks for a private network', 'OPTIONS', [evil, ...preflight, 'Access-Control-Request-Private-Network: true']],
    ['is an opened file or a sandboxed frame', 'POST', ['Origin: null', json]],
    ['is an extension’s', 'POST', ['Origin: chrome-extension://abcdefghijklmnop', json]],
    ['is another program’s on this machine', 'POST', ['Origin: http://127.0.0.1:3000', json]],
    ['has our address in its name', 'POST', ['Origin: http://127.0.0.1.evil.test', json]],
    ['is of another site, by its metadata alone', 'POST', [...crossSite, json]],
    ['is of the same site, by its metadata alone', 'POST', ['Sec-Fetch-Site: same-site', json]],
    ['shows itself by its referrer alone', 'POST', ['Referer: https://evil.test/page', json]],
    ['sends its origin twice', 'POST', ['Origin: http://127.0.0.1:1', evil, json]],
    ['shows our origin first', 'POST', ['ORIGIN', evil, json]],
    ['shows our origin behind its own', 'POST', [evil, 'ORIGIN', json]],
    ['says of itself that it is two things', 'POST', ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: none', json]],
  ])('that %s reaches nobody', async (_, method, headers) => {
    const own = `Origin: http://127.0.0.1:${proxied.proxy.port}`;
    for (const path of paths) {
      const lines = headers.map((line) => (line === 'ORIGIN' ? own : line));
      const answer = await proxied.ask({ method, path, headers: lines, body: method === 'POST' ? messageBody : '' });
      expectRefusal(answer, 403, 'forbidden_origin');
      expect(answer.head).not.toMatch(/^access-control-/im);
    }
  });

  it.each([
    ['an image', ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image']],
    ['a script', ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Dest: script']],
    ['a frame', ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe']],
    ['an image, in an old browser', ['Referer: http://evil.test/']],
    ['a link', ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-User: ?1']],
    ['an event source', [evil, 'Accept: text/event-stream']],
  ])('that loads from us as %s gets nothing', async (_, headers) => {
    for (const path of ['/v1/models', '/v1/files', '/stats', '/recent', '/events', '/health', '/metrics', '/']) {
      expectRefusal(await proxied.ask({ method: 'GET', path, headers }), 403, 'forbidden_origin');
    }
  });

  it('that opens a WebSocket gets none', async () => {
    const headers = [evil, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    for (const path of ['/v1/responses', '/events', '/']) {
      const answer = await proxied.ask({ method: 'GET', path, headers: [...headers, 'Sec-WebSocket-Version: 13'] });
      expectRefusal(answer, 426, 'upgrade');
    }
  });

  it.each([
    ...['evil.test', 'evil.test:PORT', '127.0.0.1.evil.test:PORT', 'localhost.evil:PORT', 'localhost:1', '127.0.0.1:1'],
    ...['localhost.:PORT', 'user@localhost:PORT', '0.0.0.0:PORT', '2130706433:PORT', '0x7f.1:PORT', '127.1:PORT', ''],
    ...[
      '[::ffff:127.0.0.1]:PORT',
      '[::]:PORT',
      'localhost:PORT:80',
      'localhost:PORT/',
      'localhost:PORT,evil.test',
      'PORT',
    ],
  ])('whose name was bound to our address (%s) reaches nobody', async (name) => {
    const host = name.replace('PORT', String(proxied.proxy.port));
    const head = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${json}\r\n`;
    for (const path of ['/v1/messages', '/v1/chat/completions']) {
      const answer = await proxied.exchange(`${head(path)}Content-Length: ${messageBody.length}\r\n\r\n${messageBody}`);
      expect(expectRefusal(answer, 421, 'forbidden_origin')).not.toContain('evil');
    }
    expectRefusal(await proxied.exchange(`GET /stats HTTP/1.1\r\nHost: ${host}\r\n\r\n`), 421, 'forbidden_origin');
  });
});

describe('who is no web page', () => {
  it('gets the provider’s answer without what would let a page read it', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      const start = `POST /v1/messages HTTP/1.1\r\nHost: ${host}:${proxied.proxy.port}\r\n${json}\r\n`;
      const answer = await proxied.exchange(`${start}Content-Length: ${messageBody.length}\r\n\r\n${messageBody}`);
      expect(answer).toMatchObject({ status: 200, body: Buffer.from(message) });
      expect(answer.head).not.toMatch(/^access-control-/im);
    }
    await proxied.unharmed(4);
  });

  it('may ask over IPv6 as well', async (context) => {
    const { port, proxy } = proxied.proxy;
    if (proxy.address.v6 === null) return context.skip();
    const client = rawClient(port, '::1');
    await client.send(`GET /livez HTTP/1.1\r\nHost: [::1]:${port}\r\n\r\n`);
    expect((await client.response()).status).toBe(200);
  });

  it('may be the user, at the address bar', async () => {
    const headers = ['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
    const answer = await proxied.ask({ method: 'GET', path: '/health', headers });
    expect(answer.status).toBe(200);
    expect(headerOf(answer, 'x-content-type-options')).toBe('nosniff');
  });
});
