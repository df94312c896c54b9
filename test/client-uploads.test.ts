import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamScript } from './support/fake-upstream.ts';
import { expectRefusal, headerOf, proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';
import type { TestProxyOptions } from './support/proxy.ts';
import type { RawClient } from './support/raw-client.ts';
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
const answer = (status: number, body: string): string =>
  `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const framings = [
  ['with a length', (bytes: number) => `Content-Length: ${bytes}`],
  ['in chunks', () => 'Transfer-Encoding: chunked'],
] as const;

/** Sends blocks until there is a reason not to; gives how many bytes. */
async function pour(client: RawClient, block: Buffer, going: () => boolean): Promise<number> {
  let sent = 0;
  while (going()) {
    const sending = client.send(block).then(() => (sent += block.length));
    await Promise.race([sending, client.closed]);
  }
  return sent;
}

describe('an upload', () => {
  it.each(framings)('of 20 MB reaches the provider byte for byte, without being held: %s', async (_, framing) => {
    let resume: () => void = () => undefined;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    const proxied = await start(async (connection) => {
      connection.pause();
      await resumed;
      connection.resume();
      await connection.read();
      await connection.write(answer(200, '{"id":"file_1"}'));
    });
    const content = randomBytes(20 * megabyte);
    const start64 = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n';
    const body = Buffer.concat([Buffer.from(start64), content, Buffer.from('\r\n--x--\r\n')]);
    const line = framing(body.length);
    const isChunked = line.startsWith('T');
    const client = proxied.connect();
    const heldBefore = heldBytes();
    await client.send(
      proxied.bytesOf({ path: '/v1/files', headers: ['Content-Type: multipart/form-data; boundary=x', line] }),
    );
    let sent = 0;
    const sending = (async () => {
      for (let at = 0; at < body.length; at += 64 * 1024) {
        const block = body.subarray(at, at + 64 * 1024);
        await client.send(...(isChunked ? [`${block.length.toString(16)}\r\n`, block, '\r\n'] : [block]));
        sent += block.length;
      }
      if (isChunked) await client.send('0\r\n\r\n');
    })();
    expect(await settled(() => sent)).toBeLessThan(body.length);
    await expect.poll(() => heldBytes() - heldBefore).toBeLessThan(2 * megabyte);
    resume();
    await sending;
    expect(await client.response()).toMatchObject({ status: 200, body: Buffer.from('{"id":"file_1"}') });
    const [received] = proxied.upstream.requests;
    expect(hash(received!.body)).toBe(hash(body));
    expect(received!.head).toContain('Content-Type: multipart/form-data; boundary=x');
    expect(received!.head).toMatch(isChunked ? /^transfer-encoding: chunked$/im : /^content-length: \d+$/im);
    expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'ok', exactness: 'unmetered', cost_usd: null });
    await proxied.unharmed(1);
  });

  it.each(framings)(
    'whose provider breaks the connection is answered, and nothing else breaks: %s',
    async (_, framing) => {
      const proxied = await start((connection) => connection.reset());
      const client = proxied.connect();
      const line = framing(50 * megabyte);
      await client.send(proxied.bytesOf({ path: '/v1/files', headers: ['Content-Type: a/b', line] }));
      let going = true;
      void client.closed.then(() => (going = false));
      const block = Buffer.concat([
        Buffer.from(line.startsWith('T') ? '8000\r\n' : ''),
        Buffer.alloc(0x8000),
        Buffer.from('\r\n'),
      ]);
      await pour(client, line.startsWith('T') ? block : block.subarray(0, 0x8000), () => going);
      expectRefusal(await client.response(), 502, 'upstream_unreachable');
      await proxied.unharmed(0);
      expect(await proxied.proxy.proxy.drain(1000)).toEqual({ clean: true });
    },
  );

  it('whose provider does not go on is answered 504', async () => {
    const proxied = await start(
      (connection) => connection.ended.then(() => undefined),
      (config) => ({ ...config, deadlines: { ...config.deadlines, firstBytePlainMs: 100 } }),
    );
    const client = proxied.connect();
    await client.send(
      proxied.bytesOf({ path: '/v1/files', headers: ['Content-Type: a/b', 'Content-Length: 1000'], body: 'abc' }),
    );
    expectRefusal(await client.response(), 504, 'upstream_timeout');
    await client.closed;
    await proxied.unharmed(0);
  });

  it.each(['and closes', 'and goes on listening'])(
    'that the provider refuses in its midst %s: the answer arrives',
    async (how) => {
      const refusal = '{"error":{"message":"too large","type":"invalid_request_error"}}';
      const proxied = await start(async (connection) => {
        connection.pause();
        await connection.write(answer(413, refusal));
        if (how === 'and closes') connection.end();
      });
      const client = proxied.connect();
      const bytes = 50 * megabyte;
      await client.send(
        proxied.bytesOf({ path: '/v1/files', headers: ['Content-Type: a/b', `Content-Length: ${bytes}`] }),
      );
      let going = true;
      void client.closed.then(() => (going = false));
      expect(await pour(client, Buffer.alloc(64 * 1024), () => going)).toBeLessThan(bytes);
      const response = await client.response();
      expect(response).toMatchObject({ status: 413, body: Buffer.from(refusal), complete: true });
      expect(headerOf(response, 'connection')).toBe('close');
      expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'upstream_error', status: 413 });
      await proxied.unharmed(0);
    },
  );

  it.each([20 * megabyte, 1 * megabyte])(
    'of %i bytes of JSON that the provider refuses unread: the answer arrives',
    async (bytes) => {
      const refusal = '{"type":"error","error":{"type":"request_too_large","message":"too large"}}';
      const proxied = await start(async (connection) => {
        connection.pause();
        await connection.write(answer(413, refusal));
        connection.end();
      });
      const body = `{"model":"m","a":"${'a'.repeat(bytes)}"}`;
      expect(await proxied.ask({ body })).toMatchObject({ status: 413, body: Buffer.from(refusal), complete: true });
      expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'upstream_error', status: 413 });
      await proxied.unharmed(0);
    },
  );

  it('is still taken when the provider answers while it comes', async () => {
    const proxied = await start(async (connection) => {
      await connection.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nfirst');
      await connection.read();
      await connection.write('-last');
    });
    const client = proxied.connect();
    await client.send(
      proxied.bytesOf({ path: '/v1/files', headers: ['Content-Type: a/b', 'Content-Length: 6'], body: 'abc' }),
    );
    await expect.poll(() => client.pending().toString()).toContain('first');
    await client.send('def');
    expect(await client.response()).toMatchObject({ status: 200, body: Buffer.from('first-last'), complete: true });
    expect(proxied.upstream.requests[0]!.body.toString()).toBe('abcdef');
    await proxied.unharmed(1);
  });
});

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
