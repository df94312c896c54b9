import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeUpstream, type FakeUpstream, type UpstreamScript } from './fake-upstream.ts';
import { rawClient, type RawClient } from './raw-client.ts';

let upstream: FakeUpstream | undefined;
afterEach(async () => {
  await upstream?.close();
  upstream = undefined;
});

async function start(script: UpstreamScript): Promise<FakeUpstream> {
  upstream = await fakeUpstream(script);
  return upstream;
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('the fake upstream', () => {
  it('reads requests with a length and chunked ones, as an HTTP library sends them', async () => {
    const { port, requests } = await start(async ({ read, write, end }) => {
      await read();
      await write(ok);
      end();
    });
    for (const headers of [{ 'content-length': '5' }, { 'transfer-encoding': 'chunked' }]) {
      const outgoing = request({ port, agent: false, method: 'POST', path: '/v1/messages', headers });
      outgoing.write('he');
      outgoing.end('llo');
      const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
      response.resume();
      await once(response, 'end');
    }
    expect(requests.map(({ body }) => body.toString())).toEqual(['hello', 'hello']);
    expect(requests.map(({ head }) => head.split('\r\n')[0])).toEqual(Array(2).fill('POST /v1/messages HTTP/1.1'));
  });

  it('reads one request after the other on a connection', async () => {
    const { port, requests, connections } = await start(async ({ read, write }) => {
      for (;;) {
        await read();
        await write(ok);
      }
    });
    const client = rawClient(port);
    await client.send('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n');
    expect([(await client.response()).status, (await client.response()).status]).toEqual([200, 200]);
    expect([requests.length, connections()]).toEqual([2, 1]);
    await client.reset();
  });

  it('numbers its connections, so that each can behave otherwise', async () => {
    const { port } = await start(async ({ index, read, write, reset }) => {
      await read();
      if (index === 0) await reset();
      else await write(ok);
    });
    const ask = async () => {
      const client = rawClient(port);
      await client.send('GET / HTTP/1.1\r\n\r\n');
      return (await client.response()).status;
    };
    expect([await ask(), await ask()]).toEqual([0, 200]);
  });

  it('tells who ended a connection and how, when it happened', async () => {
    const { port, ends } = await start(async ({ index, read, end, ended }) => {
      await read();
      if (index === 0) end();
      else await ended;
    });
    const send = async (then: (client: RawClient) => unknown) => {
      const client = rawClient(port);
      await client.send('GET / HTTP/1.1\r\n\r\n');
      await then(client);
      return performance.now();
    };
    await send((client) => client.closed);
    await send((client) => {
      client.halfClose();
      return client.closed;
    });
    const resetAt = await send((client) => client.reset());
    while (ends.length !== 3) await new Promise(setImmediate);
    expect(ends.map(({ by, how }) => `${by} ${how}`)).toEqual(['us end', 'client end', 'client reset']);
    expect(Math.abs((ends[2]?.atMs ?? 0) - resetAt)).toBeLessThan(1000);
  });

  it('makes a client wait that sends more than it wants to read', async () => {
    const { port } = await start(({ pause }) => pause());
    const socket = connect({ port });
    await once(socket, 'connect');
    const chunk = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < 64 && socket.write(chunk); sent++) await new Promise(setImmediate);
    expect(socket.writableNeedDrain).toBe(true);
    socket.destroy();
  });

  it('throws what its script threw when it is closed', async () => {
    const failing = await fakeUpstream(() => {
      throw new Error('a mistake in the script');
    });
    const socket = connect({ port: failing.port });
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    while (failing.connections() === 0) await new Promise(setImmediate);
    await expect(failing.close()).rejects.toThrow('a mistake in the script');
  });
});
