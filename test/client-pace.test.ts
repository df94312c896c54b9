import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { UpstreamConnection, UpstreamScript } from './support/fake-upstream.ts';
import {
  answering,
  expectRefusal,
  headerOf,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
  type RequestParts,
} from './support/proxied-upstream.ts';
import type { TestProxyOptions } from './support/proxy.ts';
import { heldBytes } from './support/held-bytes.ts';
import { settled } from './support/settled.ts';

const open: ProxiedUpstream[] = [];
afterEach(async () => {
  for (const proxied of open.splice(0)) await proxied.close();
});
async function start(script?: UpstreamScript, change?: TestProxyOptions['change']): Promise<ProxiedUpstream> {
  const proxied = await proxiedUpstream(script, change && { change });
  open.push(proxied);
  return proxied;
}

const megabyte = 1024 * 1024;
const json = 'Content-Type: application/json';
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const download: RequestParts = { method: 'GET', path: '/v1/files/f/content', headers: [] };
const streamed: RequestParts = { body: messageBody.replace('{', '{"stream":true,') };

interface Flood {
  readonly script: UpstreamScript;
  readonly sent: () => number;
  readonly hash: () => string;
}

/** Sends much, counting what the system has taken. Each block is a chunk. */
function flood(contentType: string, total: number, block: () => Buffer): Flood {
  const hash = createHash('sha256');
  let sent = 0;
  const write = async (connection: UpstreamConnection, bytes: Buffer): Promise<void> => {
    await connection.write(
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]),
    );
    hash.update(bytes);
    sent += bytes.length;
  };
  return {
    async script(connection) {
      await connection.read();
      await connection.write(`HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      while (sent < total) await write(connection, block());
      if (contentType === 'text/event-stream') await write(connection, Buffer.from(last));
      await connection.write('0\r\n\r\n');
    },
    sent: () => sent,
    hash: () => hash.digest('hex'),
  };
}

const last = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
const event = (): Buffer =>
  Buffer.from(
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${randomBytes(30_000).toString('base64')}"}}\n\n`,
  );

describe('a client that reads slowly', () => {
  it('gets every byte, and holds its provider up meanwhile: a compressed stream', async () => {
    const events = Buffer.concat([...Array.from({ length: 1500 }, event), Buffer.from(last)]);
    const body = gzipSync(events, { level: 0 });
    let at = 0;
    const blocks = (): Buffer => body.subarray(at, (at += 64 * 1024));
    const { script, sent } = flood('text/event-stream\r\nContent-Encoding: gzip', body.length, blocks);
    const proxied = await start(script);
    const client = proxied.connect();
    client.pause();
    await client.send(proxied.bytesOf(streamed));
    expect(await settled(sent)).toBeLessThan(25 * megabyte);
    client.resume();
    const answer = await client.response();
    expect(answer.complete).toBe(true);
    expect(sha256(answer.body)).toBe(sha256(body));
    expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'ok' });
    await proxied.unharmed(1);
  });

  it.each([
    ['a download of 50 MB', download, 'application/octet-stream', () => randomBytes(64 * 1024)],
    ['a stream of 50 MB', streamed, 'text/event-stream', event],
  ] as const)('gets every byte, and holds its provider up meanwhile: %s', async (_, parts, type, block) => {
    const { script, sent, hash } = flood(type, 50 * megabyte, block);
    const proxied = await start(script);
    const client = proxied.connect();
    const heldBefore = heldBytes();
    client.pause();
    await client.send(proxied.bytesOf(parts));
    // What is under way then lies in the system's own buffers.
    expect(await settled(sent)).toBeLessThan(25 * megabyte);
    await expect.poll(() => heldBytes() - heldBefore).toBeLessThan(4 * megabyte);
    client.resume();
    const answer = await client.response();
    expect(answer).toMatchObject({ status: 200, complete: true });
    expect(sha256(answer.body)).toBe(hash());
    expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'ok' });
    await proxied.unharmed(1);
  });

  it.each([
    ['a download', download, 'application/octet-stream', () => randomBytes(64 * 1024)],
    ['a stream', streamed, 'text/event-stream', event],
  ] as const)(
    'and then not at all is given up, and so is its provider’s request: %s',
    async (_, parts, type, block) => {
      const { script } = flood(type, 50 * megabyte, block);
      const proxied = await start(script, (config) => ({ ...config, client: { ...config.client, writeStallMs: 200 } }));
      const client = proxied.connect();
      client.pause();
      await client.send(proxied.bytesOf(parts));
      expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'client_stalled' });
      await expect.poll(() => proxied.upstream.ends.length).toBe(1);
      client.resume();
      expect(await client.response()).toMatchObject({ complete: false });
      await client.closed;
      await proxied.unharmed(1);
    },
  );
});

describe('a client that sends slowly', () => {
  let quick: ProxiedUpstream;
  beforeAll(async () => {
    const client = { headersMs: 100, bodyMs: 100, keepAliveMs: 1000 };
    quick = await proxiedUpstream(undefined, {
      change: (config) => ({ ...config, client: { ...config.client, ...client } }),
    });
  });
  afterAll(async () => {
    // The one that was answered.
    await quick.unharmed(1);
    await quick.close();
  });

  it.concurrent.each([
    ['half a request line', 'POST /v1/mess'],
    ['half its headers', 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: appl'],
  ])('is told so and loses its connection: %s', async (_, bytes) => {
    const client = quick.connect();
    await client.send(bytes);
    const answer = await client.response();
    expectRefusal(answer, 408, 'slow_request');
    expect(headerOf(answer, 'connection')).toBe('close');
    await client.closed;
  });

  it.concurrent.each([
    ['nothing', ''],
    ['empty lines', '\r\n\r\n'],
  ])('or %s at all loses its connection', async (_, bytes) => {
    const client = quick.connect();
    await client.send(bytes);
    await client.closed;
  });

  it.concurrent.each([
    ['with a length', 'Content-Length: 1000', '{'],
    ['in chunks', 'Transfer-Encoding: chunked', '1\r\n{\r\n'],
  ])('and has not sent its body in time is refused in its dialect: %s', async (_, framing, body) => {
    const client = quick.connect();
    await client.send(quick.bytesOf({ path: '/v1beta/models/m:generateContent', headers: [json, framing], body }));
    const answer = await client.response();
    expectRefusal(answer, 408, 'slow_request');
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { code: 408 } });
    await client.closed;
  });

  it.concurrent('nothing more behind its answer loses its connection', async () => {
    const client = quick.connect();
    await client.send(quick.bytesOf({ body: messageBody }));
    expect(await client.response()).toMatchObject({ status: 200, closed: null });
    await client.closed;
  });
});

describe('a client that sends a file slowly', () => {
  it('is waited for, however long its provider may take for a head', async () => {
    const proxied = await start(answering('{}'), (config) => ({
      ...config,
      deadlines: { ...config.deadlines, firstBytePlainMs: 200 },
    }));
    const client = proxied.connect();
    const headers = ['Content-Type: application/octet-stream', 'Transfer-Encoding: chunked'];
    await client.send(proxied.bytesOf({ path: '/v1/files', headers }));
    let sent = '';
    const until = performance.now() + 600;
    while (performance.now() < until) {
      await client.send('3\r\nabc\r\n');
      sent += 'abc';
    }
    await client.send('0\r\n\r\n');
    expect(await client.response()).toMatchObject({ status: 200 });
    expect(proxied.upstream.requests[0]?.body.toString()).toBe(sent);
    await proxied.unharmed(1);
  });
});
