import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, messageBody, proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';

let proxied: ProxiedUpstream;
beforeAll(async () => {
  proxied = await proxiedUpstream();
});
afterEach(() => proxied.unharmed(0));
afterAll(() => proxied.close());

const second = 'POST /v1/messages HTTP/1.1\r\nHost: smuggled\r\nContent-Length: 2\r\n\r\n{}';
const chunks = `${messageBody.length.toString(16)}\r\n${messageBody}\r\n0\r\n\r\n`;

/** Sends a request with these lines behind its host, and a second one behind it that must never be read as one. */
async function smuggle(lines: string, body: string, version = '1.1'): Promise<ReturnType<typeof expectNothing>> {
  const client = proxied.connect();
  const start = `POST /v1/messages HTTP/${version}\r\nHost: 127.0.0.1:${proxied.proxy.port}\r\n`;
  const bytes = `${start}Content-Type: application/json\r\n${lines}\r\n\r\n${body}${second}`;
  await client.send(Buffer.from(bytes, 'latin1')).catch(() => undefined);
  return expectNothing(client);
}

/** One refusal, the end of the connection, and nothing else. */
async function expectNothing(client: ReturnType<ProxiedUpstream['connect']>): Promise<number> {
  const answer = await client.response();
  await client.closed;
  expect(client.pending().toString()).toBe('');
  expectRefusal(answer, answer.status, 'invalid_request');
  return answer.status;
}

describe('a body whose length is ambiguous', () => {
  const length = `Content-Length: ${messageBody.length}`;
  const chunked = 'Transfer-Encoding: chunked';

  it.each([
    ['a length, then chunks', `${length}\r\n${chunked}`, chunks],
    ['chunks, then a length', `${chunked}\r\n${length}`, chunks],
    ['the same length twice', `${length}\r\n${length}`, messageBody],
    ['two lengths', `${length}\r\nContent-Length: 3`, messageBody],
    ['two lengths in other spellings', `${length}\r\ncontent-length: 3`, messageBody],
    ['a list of lengths', `Content-Length: 3, 3`, '{ }'],
    ['a length with a sign', `Content-Length: +3`, '{ }'],
    ['a negative length', `Content-Length: -1`, '{ }'],
    ['a length in hexadecimal', `Content-Length: 0x3`, '{ }'],
    ['an empty length', `Content-Length:`, '{ }'],
    ['a length of 1e20', `Content-Length: 1e20`, '{ }'],
    ['a length beyond 64 bits', `Content-Length: 184467440737095516160`, '{ }'],
    ['a length with a letter', `Content-Length: 3a`, '{ }'],
    ['a length with a space in it', `Content-Length: 1 3`, '{ }'],
    ['a length behind an underscore', `Content_Length: 3\r\n${length}`, messageBody],
    ['a coding behind an underscore', `Transfer_Encoding: chunked\r\n${length}`, messageBody],
    ['a space before the colon', `Content-Length : 3`, '{ }'],
  ])('is never read: %s', async (_, lines, body) => {
    expect(await smuggle(lines, body)).toBe(400);
  });

  it.each([
    ['xchunked', 501],
    ['"chunked"', 501],
    ['chunked, identity', 400],
    ['chunked,chunked', 400],
    ['\x0bchunked', 400],
    ['chunked\x0b', 400],
    ['chun\r\n ked', 400],
    ['identity, chunked', 501],
    ['gzip, chunked', 501],
    ['identity', 501],
    ['deflate', 501],
    // From Node 22 on, its parser refuses this by itself.
    ['', Number(process.versions.node.split('.')[0]) < 22 ? 501 : 400],
  ])('is never read: in the transfer coding %j', async (coding, status) => {
    expect(await smuggle(`Transfer-Encoding: ${coding}`, chunks)).toBe(status);
  });

  it.each([
    ['a coding twice', `${chunked}\r\n${chunked}`],
    ['a coding twice, the second one unknown', `${chunked}\r\nTransfer-Encoding: cow`],
    ['a space before the colon', 'Transfer-Encoding : chunked'],
    ['a folded line', 'X: y\r\n Transfer-Encoding: chunked'],
  ])('is never read: %s', async (_, lines) => {
    expect(await smuggle(lines, chunks)).toBeGreaterThanOrEqual(400);
  });

  it('is never read: chunks in HTTP/1.0', async () => {
    expect(await smuggle(chunked, chunks, '1.0')).toBe(400);
  });

  it.each([
    ['no number', 'zz\r\n{}\r\n0\r\n\r\n'],
    ['hexadecimal with its prefix', '0x2\r\n{}\r\n0\r\n\r\n'],
    ['with a sign', '+2\r\n{}\r\n0\r\n\r\n'],
    ['larger than 64 bits', 'fffffffffffffffff\r\n{}\r\n0\r\n\r\n'],
    ['ended by LF alone', '2\n{}\r\n0\r\n\r\n'],
    ['behind a space', ' 2\r\n{}\r\n0\r\n\r\n'],
    ['before a space', '2 \r\n{}\r\n0\r\n\r\n'],
    ['smaller than its chunk', '1\r\n{}\r\n0\r\n\r\n'],
    ['without CRLF behind its chunk', '2\r\n{}0\r\n\r\n'],
    ['empty', '\r\n{}\r\n0\r\n\r\n'],
    ['with a broken extension', '2;\x00\r\n{}\r\n0\r\n\r\n'],
  ])('is never read: a chunk’s size is %s', async (_, body) => {
    expect(await smuggle(chunked, body)).toBe(400);
  });

  it('is never read: a chunk extension of 20 KB', async () => {
    const client = proxied.connect();
    const head = {
      headers: ['Content-Type: application/json', chunked],
      body: `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    };
    await client.send(proxied.bytesOf(head)).catch(() => undefined);
    expectRefusal(await client.response(), 413, 'too_large');
    await client.closed;
  });

  it('ends where its length says, and what follows is no part of it', async () => {
    expect(await smuggle('Content-Length: 3', '{"model":1}')).toBe(400);
  });
});

describe('a head that is not valid HTTP', () => {
  const start = 'POST /v1/messages HTTP/1.1\r\n';

  it.each([
    ['a line ended by LF alone', (host: string) => `POST /v1/messages HTTP/1.1\n${host}\nContent-Length: 0\n\n`],
    ['a line ended by CR alone', (host: string) => `${start}${host}\rX: y\r\n\r\n`],
    ['a CR before the empty line', (host: string) => `${start}${host}\r\n\rX: y\r\n\r\n`],
    ['a NUL in a value', (host: string) => `${start}${host}\r\nX: a\0b\r\n\r\n`],
    ['a NUL in a name', (host: string) => `${start}${host}\r\nX\0: a\r\n\r\n`],
    ['a line without a colon', (host: string) => `${start}${host}\r\nX\r\n\r\n`],
    ['an empty name', (host: string) => `${start}${host}\r\n: x\r\n\r\n`],
    ['a space before the first header', (host: string) => `${start} ${host}\r\n\r\n`],
    ['a space before the colon', (host: string) => `${start}${host}\r\nX : y\r\n\r\n`],
    ['a folded header', (host: string) => `${start}${host}\r\nX: y\r\n z\r\n\r\n`],
    ['no host', () => `${start}X: y\r\n\r\n`],
    ['two hosts', (host: string) => `${start}${host}\r\n${host}\r\n\r\n`],
    ['two hosts in other spellings', (host: string) => `${start}${host}\r\nhost: evil.test\r\n\r\n`],
    ['HTTP/1.9', (host: string) => `POST /v1/messages HTTP/1.9\r\n${host}\r\n\r\n`],
    ['HTTP/2.0', (host: string) => `POST /v1/messages HTTP/2.0\r\n${host}\r\n\r\n`],
    ['no version', () => 'GET /v1/models\r\n\r\n'],
    ['a space in the path', (host: string) => `GET /v1/ models HTTP/1.1\r\n${host}\r\n\r\n`],
    ['a NUL in the path', (host: string) => `GET /v1/\0models HTTP/1.1\r\n${host}\r\n\r\n`],
    ['a method in small letters', (host: string) => `post /v1/messages HTTP/1.1\r\n${host}\r\n\r\n`],
    ['an unknown method', (host: string) => `STEAL /v1/messages HTTP/1.1\r\n${host}\r\n\r\n`],
    ['an HTTP/2 preface', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS hello', () => '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03\x5a\x0a'],
    ['random bytes', () => '\x80\x01\xff\x00\x7f\x1b[31m\r\n\r\n'],
  ])('is refused and ends the connection: %s', async (_, bytesOf) => {
    const client = proxied.connect();
    await client.send(Buffer.from(bytesOf(`Host: 127.0.0.1:${proxied.proxy.port}`), 'latin1')).catch(() => undefined);
    expect(await expectNothing(client)).toBe(400);
  });
});
