import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamScript } from './support/fake-upstream.ts';
import {
  expectRefusal,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
  type RequestParts,
} from './support/proxied-upstream.ts';
import type { TestProxyOptions } from './support/proxy.ts';

const open: ProxiedUpstream[] = [];
afterEach(async () => {
  for (const proxied of open.splice(0)) await proxied.close();
});
async function start(script?: UpstreamScript, options?: TestProxyOptions): Promise<ProxiedUpstream> {
  const proxied = await proxiedUpstream(script, options);
  open.push(proxied);
  return proxied;
}

const event = 'event: ping\ndata: {"type":"ping"}\n\n';
const last = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
const streamHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (bytes: string): string => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
const numbered = (number: number): RequestParts => ({ body: `{"model":"m${number}","messages":[]}` });

/** Answers with what was asked, and tells how many requests it had open at once. */
function echoing(): { script: UpstreamScript; most: () => number } {
  let now = 0;
  let most = 0;
  const script: UpstreamScript = async (connection) => {
    for (;;) {
      const { body } = await connection.read();
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      await connection.write(head + body.toString());
    }
  };
  return { script, most: () => most };
}

describe('requests sent ahead on one connection', () => {
  it('are answered in their order, one at a time', async () => {
    const { script, most } = echoing();
    const proxied = await start(script);
    const client = proxied.connect();
    const numbers = [1, 2, 3, 4, 5];
    await client.send(Buffer.concat(numbers.map((number) => proxied.bytesOf(numbered(number)))));
    for (const number of numbers) {
      expect(await client.response()).toMatchObject({ status: 200, body: Buffer.from(numbered(number).body!) });
    }
    expect(most()).toBe(1);
    await proxied.unharmed(5);
  });

  it('never reach the provider together, be there two hundred', async () => {
    const { script, most } = echoing();
    const proxied = await start(script);
    const client = proxied.connect();
    const requests = Array.from({ length: 200 }, (_, number) => proxied.bytesOf(numbered(number)));
    await client.send(Buffer.concat(requests)).catch(() => undefined);
    await client.closed;
    expect(most()).toBeLessThanOrEqual(1);
    await proxied.unharmed();
    expect(proxied.upstream.requests.length).toBeLessThanOrEqual(33);
  });

  it.each([
    ['with a body', numbered(1)],
    ['without', { method: 'GET', path: '/v1/models', headers: ['x-api-key: k'] }],
  ])('are forgotten when their client leaves: %s', async (_, parts) => {
    let asked: () => void;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const proxied = await start(async (connection) => {
      await connection.read();
      asked();
      await connection.ended;
    });
    const client = proxied.connect();
    await client.send(Buffer.concat([1, 2, 3].map(() => proxied.bytesOf(parts))));
    await isAsked;
    await client.reset();
    await proxied.proxy.over(1);
    await proxied.unharmed(1);
    expect(await proxied.proxy.proxy.drain(1000)).toEqual({ clean: true });
  });

  it('are forgotten behind a request that ends the connection', async () => {
    const proxied = await start();
    const first = proxied.bytesOf({
      headers: ['Content-Type: application/json', 'Transfer-Encoding: gzip, chunked'],
      body: `${chunk(messageBody)}0\r\n\r\n`,
    });
    const client = proxied.connect();
    await client.send(Buffer.concat([first, proxied.bytesOf({ body: messageBody })]));
    expectRefusal(await client.response(), 501, 'invalid_request');
    await client.closed;
    expect(client.pending().toString()).toBe('');
    await proxied.unharmed(0);
  });

  it('are forgotten behind a request that asks for the end of the connection', async () => {
    const proxied = await start();
    const first = proxied.bytesOf({
      headers: ['Content-Type: application/json', 'Connection: close'],
      body: messageBody,
    });
    const client = proxied.connect();
    await client.send(Buffer.concat([first, proxied.bytesOf({ body: messageBody })]));
    await client.closed;
    await proxied.unharmed();
    expect(proxied.upstream.requests.length).toBeLessThanOrEqual(1);
  });
});

describe('what comes behind a request whose stream is running', () => {
  it.each([
    ['garbage', 'this is no HTTP\r\n\r\n'],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a request with two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
    ['an upgrade', 'GET /v1/responses HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['a CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n'],
  ])('never gets an answer into the stream: %s', async (_, bytes) => {
    let streaming: () => void;
    const running = new Promise<void>((resolve) => (streaming = resolve));
    const proxied = await start(async (connection) => {
      await connection.read();
      await connection.write(streamHead + chunk(event));
      streaming();
      await connection.ended;
    });
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ body: messageBody.replace('{', '{"stream":true,') }));
    await running;
    await client.send(bytes).catch(() => undefined);
    const answer = await client.response();
    expect(answer).toMatchObject({ status: 200, complete: false });
    expect(answer.body.toString()).toBe(chunk(event));
    expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'client_abort' });
    await proxied.unharmed(1);
  });

  it('ends a request that has no answer yet, if it is no HTTP, and its provider’s request', async () => {
    let asked: () => void;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const proxied = await start(async (connection) => {
      await connection.read();
      asked();
      await connection.ended;
    });
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ body: messageBody }));
    await isAsked;
    await client.send('this is no HTTP\r\n\r\n');
    expectRefusal(await client.response(), 400, 'invalid_request');
    await client.closed;
    await expect.poll(() => proxied.upstream.ends.length).toBe(1);
    await proxied.unharmed(1);
  });

  it('waits, if it is a request, until the stream has ended', async () => {
    let streaming: () => void;
    let finish: () => void;
    const running = new Promise<void>((resolve) => (streaming = resolve));
    const mayEnd = new Promise<void>((resolve) => (finish = resolve));
    const proxied = await start(async (connection) => {
      await connection.read();
      await connection.write(streamHead + chunk(event));
      streaming();
      await mayEnd;
      await connection.write(`${chunk(last)}0\r\n\r\n`);
    });
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ body: messageBody.replace('{', '{"stream":true,') }));
    await running;
    await client.send(proxied.bytesOf({ method: 'GET', path: '/livez', headers: [] }));
    finish!();
    expect((await client.response()).body.toString()).toBe(event + last);
    expect((await client.response()).body.toString()).toBe('{"status":"ok"}');
    await proxied.unharmed(1);
  });
});
