import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  expectRefusal,
  headerOf,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';

const maxBodyBytes = 256 * 1024;
let proxied: ProxiedUpstream;
let before = 0;
beforeAll(async () => {
  proxied = await proxiedUpstream(undefined, {
    change: (config) => ({ ...config, capacity: { ...config.capacity, maxBodyBytes } }),
  });
});
beforeEach(() => void (before = proxied.upstream.requests.length));
afterAll(() => proxied.close());

const json = 'Content-Type: application/json';

describe('a body that is no JSON object', () => {
  it.each([
    ['broken off', '{"model":"secret-model","messages":[{"role":"user","content":"secret', 'byte'],
    ['with a comma too many', '{"model":"secret",}', 'byte 18'],
    ['with single quotes', "{'model':'secret'}", 'byte 1'],
    ['with a comment', '{/*secret*/"model":"secret"}', 'byte 1'],
    ['with something behind it', '{"model":"secret"} secret', 'byte 19'],
    ['twice', '{"model":"secret"}{"model":"secret"}', 'byte 18'],
    ['null', 'null', 'byte 0'],
    ['an array', '["secret"]', 'byte 0'],
    ['a string', '"secret"', 'byte 0'],
    ['a number', '5', 'byte 0'],
    ['a form', 'model=secret&messages=secret', 'byte 0'],
    ['white space', ' \r\n\t', 'empty'],
    ['nothing', '', 'empty'],
    ['UTF-16', Buffer.from('\ufeff{"model":"secret"}', 'utf16le'), 'byte'],
    ['not UTF-8 at all', Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), 'byte 0'],
  ])('is refused, with its place and without its text: %s', async (_, body, place) => {
    for (const path of ['/v1/messages', '/v1/chat/completions', '/v1/responses', '/v1beta/models/m:generateContent']) {
      const headers = body.length === 0 ? [json, 'Content-Length: 0'] : [json];
      const answer = await proxied.ask({ path, headers, body });
      expect(expectRefusal(answer, 400, 'invalid_request')).toContain(place);
      expect(answer.body.toString()).not.toContain('secret');
    }
    await proxied.unharmed(before);
  });

  it.each([
    ['half a million arrays deep', '['.repeat(500_000)],
    ['half a million objects deep', '{"a":'.repeat(50_000)],
  ])('is refused without a pause: %s', async (_, depth) => {
    const body = `{"model":"m","messages":${depth}`.slice(0, maxBodyBytes);
    expectRefusal(await proxied.ask({ body }), 400, 'invalid_request');
    await proxied.unharmed(before);
  });
});

describe('JSON that other parsers would change', () => {
  it.each([
    ['exotic numbers', '{"model":"m","a":12345678901234567890,"b":1e400,"c":1.0,"d":-0,"e":1E+2}'],
    ['a lone surrogate', '{"model":"m","a":"\\ud800","b":"\\u00e9\\/"}'],
    ['duplicate keys', '{"model":"a","model":"b","x":1,"x":2}'],
    ['a byte-order mark', '\ufeff{"model":"m"}'],
    [
      'a key that pollutes prototypes',
      '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"model":"m"}',
    ],
    ['white space everywhere', ' \r\n{ "model" \t:\n"m" , "messages":[ ] } \n'],
    ['a depth of 2,000', `{"model":"m","a":${'['.repeat(2000)}${']'.repeat(2000)}}`],
  ])('reaches the provider as it is: %s', async (_, body) => {
    expect((await proxied.ask({ body })).status).toBe(200);
    expect(proxied.upstream.requests.at(-1)!.body.equals(Buffer.from(body))).toBe(true);
    expect(({} as { admin?: boolean }).admin).toBe(undefined);
    await proxied.unharmed(before + 1);
  });
});

describe('a content type', () => {
  it.each([
    [['Content-Type: text/plain']],
    [['Content-Type: text/plain; application/json']],
    [['Content-Type: multipart/form-data; boundary=x']],
    [['Content-Type: application/x-www-form-urlencoded']],
    [['Content-Type: application/jsonp']],
    [['Content-Type:']],
    [[]],
  ])('other than JSON is refused where JSON is due: %j', async (headers) => {
    const answer = await proxied.ask({ headers, body: messageBody });
    expectRefusal(answer, 415, 'unsupported_media');
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
    });
    await proxied.unharmed(before);
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.x+json'])(
    '%s is JSON',
    async (type) => {
      expect((await proxied.ask({ headers: [`Content-Type: ${type}`], body: messageBody })).status).toBe(200);
    },
  );
});

describe('a compressed body', () => {
  const plain = messageBody.replace('claude-opus-5-5', 'claude-haiku-4-5');

  it.each([
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['br', brotliCompressSync(plain)],
  ])('is read to be routed and reaches the provider as it is: %s', async (coding, body) => {
    const answer = await proxied.ask({ headers: [json, `Content-Encoding: ${coding}`], body });
    expect(answer.status).toBe(200);
    const { head, body: sent } = proxied.upstream.requests.at(-1)!;
    expect(sent.equals(body)).toBe(true);
    expect(head).toMatch(new RegExp(`^content-encoding: ${coding}$`, 'im'));
    expect((await proxied.proxy.over(1))[0]).toMatchObject({ asked_model: 'claude-haiku-4-5', outcome: 'ok' });
  });

  it.each([
    ['a bomb', gzipSync(Buffer.alloc(30 * 1024 * 1024)), 413, 'too_large'],
    ['no gzip', Buffer.from(plain), 400, 'invalid_request'],
    ['half a gzip', gzipSync(plain).subarray(0, 40), 400, 'invalid_request'],
    ['a gzip of no JSON', gzipSync('secret'), 400, 'invalid_request'],
  ])('is refused if it is %s', async (_, body, status, code) => {
    const answer = await proxied.ask({ headers: [json, 'Content-Encoding: gzip'], body });
    expect(expectRefusal(answer, status, code)).not.toContain('secret');
    await proxied.unharmed(before);
  });
});

describe('a body where none is due', () => {
  it.each([
    ['GET', '/v1/models'],
    ['HEAD', '/v1/models'],
    ['GET', '/health'],
    ['GET', '/recent'],
  ])('is refused, and never read as the next request: %s %s', async (method, path) => {
    const smuggled = proxied.bytesOf({ body: messageBody });
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ method, path, headers: ['x-api-key: k'], body: smuggled }));
    const answer = await client.response({ toHead: method === 'HEAD' });
    expect(answer.status).toBe(400);
    await client.closed;
    expect(client.pending().toString()).toBe('');
    await proxied.unharmed(before);
  });
});

describe('a body that is too large', () => {
  it('by its own account of 10 GB is refused at once, and hardly read', async () => {
    const client = proxied.connect();
    const startedAt = performance.now();
    await client.send(proxied.bytesOf({ headers: [json, 'Content-Length: 10000000000'] }));
    let sent = 0;
    let going = true;
    void client.closed.then(() => (going = false));
    const block = Buffer.alloc(64 * 1024, 'a');
    while (going) {
      const sending = client.send(block).then(() => (sent += block.length));
      await Promise.race([sending, client.closed]);
    }
    const answer = await client.response();
    expectRefusal(answer, 413, 'too_large');
    expect(headerOf(answer, 'connection')).toBe('close');
    expect(performance.now() - startedAt).toBeLessThan(5000);
    // What the two sockets' buffers take counts as sent.
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    await proxied.unharmed(before);
  });

  it.each(['/v1/messages', '/v1/chat/completions', '/v1beta/models/m:generateContent'])(
    'is refused once it is, if it comes in chunks without end: %s',
    async (path) => {
      const client = proxied.connect();
      await client.send(proxied.bytesOf({ path, headers: [json, 'Transfer-Encoding: chunked'], body: '1\r\n{\r\n' }));
      let going = true;
      void client.closed.then(() => (going = false));
      const chunk = `8000\r\n${' '.repeat(0x8000)}\r\n`;
      while (going) await Promise.race([client.send(chunk), client.closed]);
      expectRefusal(await client.response(), 413, 'too_large');
      await proxied.unharmed(before);
    },
  );

  it('by one byte is refused, and the largest one passes', async () => {
    const body = (bytes: number): string => `{"model":"m","a":"${'a'.repeat(bytes - 20)}"}`;
    expect((await proxied.ask({ body: body(maxBodyBytes) })).status).toBe(200);
    expectRefusal(await proxied.ask({ body: body(maxBodyBytes + 1) }), 413, 'too_large');
    await proxied.unharmed(before + 1);
  });

  it('is not read on behind a refusal of its head, nor as a request', async () => {
    const client = proxied.connect();
    const head = proxied.bytesOf({ headers: [json, 'Origin: https://evil.test', 'Content-Length: 1000000'] });
    await client.send(head, proxied.bytesOf({ body: messageBody }));
    expectRefusal(await client.response(), 403, 'forbidden_origin');
    await client.closed;
    expect(client.pending().toString()).toBe('');
    await proxied.unharmed(before);
  });
});
