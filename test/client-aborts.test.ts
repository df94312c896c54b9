import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamConnection, UpstreamScript } from './support/fake-upstream.ts';
import { message, messageBody, proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';
import type { TestProxyOptions } from './support/proxy.ts';
import type { RawClient } from './support/raw-client.ts';
import { streamFixtures } from './support/streams.ts';

const open: ProxiedUpstream[] = [];
afterEach(async () => {
  for (const proxied of open.splice(0)) await proxied.close();
});
async function start(script?: UpstreamScript, options?: TestProxyOptions): Promise<ProxiedUpstream> {
  const proxied = await proxiedUpstream(script, options);
  open.push(proxied);
  return proxied;
}

/** A script that waits on each connection for the client to leave, once it has done this. `reached` tells that it waits. */
function waiting(act: (connection: UpstreamConnection) => Promise<unknown>): {
  script: UpstreamScript;
  reached: () => Promise<void>;
} {
  let count = 0;
  let tell: () => void = () => undefined;
  let seen = 0;
  return {
    async script(connection) {
      await act(connection);
      count++;
      tell();
      await connection.ended;
    },
    reached: () =>
      new Promise((resolve) => {
        tell = () => count > seen && (seen++, resolve());
        tell();
      }),
  };
}

const streamHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const jsonHead = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const chunk = (bytes: string): string => `${Buffer.byteLength(bytes).toString(16)}\r\n${bytes}\r\n`;
const anthropic = streamFixtures[0]!;
const streamed = { body: anthropic.body };
const upload = {
  path: '/v1/files',
  headers: ['Content-Type: application/octet-stream', 'Content-Length: 1000000'],
  body: 'the beginning',
};
const leaving = {
  reset: (client: RawClient) => client.reset(),
  'half close': async (client: RawClient) => client.halfClose(),
};

describe('a client that leaves', () => {
  const cases = [
    ['before the head', { body: messageBody }, async (connection: UpstreamConnection) => connection.read()],
    [
      'in a JSON answer that is held',
      { body: messageBody },
      async (connection: UpstreamConnection) => {
        await connection.read();
        await connection.write(`${jsonHead}Content-Length: ${message.length}\r\n\r\n${message.slice(0, 20)}`);
      },
    ],
    [
      'between a stream’s head and its first event',
      streamed,
      async (connection: UpstreamConnection) => {
        await connection.read();
        await connection.write(streamHead);
      },
    ],
    [
      'in a stream',
      streamed,
      async (connection: UpstreamConnection) => {
        await connection.read();
        await connection.write(streamHead + anthropic.events.slice(0, 4).map(chunk).join(''));
      },
    ],
    [
      'in a download',
      { method: 'GET', path: '/v1/files/f/content', headers: [] },
      async (connection: UpstreamConnection) => {
        await connection.read();
        await connection.write('HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 500\r\n\r\nabc');
      },
    ],
  ] as const;

  it.each(
    cases.flatMap((row) => (['reset', 'half close'] as const).map((how) => [row[0], how, row[1], row[2]] as const)),
  )('takes its provider’s request with it at once: %s, by %s', async (_, how, parts, act) => {
    const { script, reached } = waiting(act);
    const proxied = await start(script);
    const tookMs: number[] = [];
    for (let round = 0; round < 5; round++) {
      const client = proxied.connect();
      await client.send(proxied.bytesOf(parts));
      await reached();
      const ended = proxied.upstream.ends.length;
      await leaving[how](client);
      const leftAt = performance.now();
      const requests = await proxied.proxy.over(round + 1);
      expect(requests[0]).toMatchObject({ outcome: 'client_abort' });
      await expect.poll(() => proxied.upstream.ends.length).toBe(ended + 1);
      expect(proxied.upstream.ends[ended]).toMatchObject({ by: 'client' });
      tookMs.push(proxied.upstream.ends[ended]!.atMs - leftAt);
    }
    // One late answer of a busy machine does not count.
    expect(tookMs.toSorted((a, b) => a - b)[2]).toBeLessThan(100);
    await proxied.unharmed(5);
    expect(await proxied.proxy.proxy.drain(1000)).toEqual({ clean: true });
  });

  it('in a stream is charged for what came until then', async () => {
    const { script, reached } = waiting(cases[3][2]);
    const proxied = await start(script);
    const client = proxied.connect();
    await client.send(proxied.bytesOf(streamed));
    await reached();
    await client.reset();
    const [record] = await proxied.proxy.over(1);
    expect(record).toMatchObject({ outcome: 'client_abort', status: 200, tokens: { input: 10 } });
    expect(record?.exactness).not.toBe('exact');
    expect(record?.cost_usd).toBeGreaterThan(0);
  });

  it('while it sends JSON is nobody’s concern', async () => {
    const proxied = await start();
    const client = proxied.connect();
    await client.send(
      proxied.bytesOf({ headers: ['Content-Type: application/json', 'Content-Length: 1000'], body: '{"mo' }),
    );
    await client.reset();
    await proxied.unharmed(0);
    expect(await proxied.proxy.proxy.drain(1000)).toEqual({ clean: true });
    expect(proxied.upstream.connections()).toBe(0);
  });

  it('while it sends a file takes its provider’s request with it', async () => {
    const { script, reached } = waiting(async () => undefined);
    const proxied = await start(script);
    const client = proxied.connect();
    await client.send(proxied.bytesOf(upload));
    await reached();
    await client.reset();
    expect((await proxied.proxy.over(1))[0]).toMatchObject({ outcome: 'client_abort' });
    // undici may have made another connection in advance, and given it up too.
    await expect.poll(() => proxied.upstream.ends).toContainEqual(expect.objectContaining({ index: 0, by: 'client' }));
    await proxied.unharmed(0);
  });

  it('while it waits for a place never reaches a provider, and leaves the place to others', async () => {
    const { script, reached } = waiting((connection) => connection.read());
    const change: TestProxyOptions['change'] = (config) => ({
      ...config,
      capacity: { ...config.capacity, inFlight: 1, queue: 2 },
    });
    const proxied = await start(script, { change });
    const [first, second] = [proxied.connect(), proxied.connect()];
    await first.send(proxied.bytesOf({ body: messageBody }));
    await reached();
    await second.send(proxied.bytesOf({ body: messageBody }));
    await second.reset();
    await proxied.proxy.over(1);
    await first.reset();
    await proxied.proxy.over(2);
    await proxied.unharmed(1);
    const third = proxied.connect();
    await third.send(proxied.bytesOf({ body: messageBody }));
    await reached();
    await third.reset();
    await proxied.unharmed(2);
  });

  it('does not take others with it', async () => {
    const proxied = await start(async (connection) => {
      while ((await connection.read()).body.includes('keep')) {
        await connection.write(streamHead + anthropic.events.map(chunk).join('') + '0\r\n\r\n');
      }
      await connection.ended;
    });
    const round = async (index: number): Promise<void> => {
      const client = proxied.connect();
      const stays = index % 3 === 0;
      const body = anthropic.body.replace(
        '"messages":[]',
        `"messages":[],"metadata":{"user_id":"${stays ? 'keep' : index}"}`,
      );
      await client.send(proxied.bytesOf({ body }));
      if (!stays) return client.reset();
      expect((await client.response()).body.toString()).toBe(anthropic.events.join(''));
    };
    await Promise.all(Array.from({ length: 60 }, (_, index) => round(index)));
    await proxied.unharmed();
    const outcomes = (await proxied.proxy.recent()).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome !== 'ok' && outcome !== 'client_abort')).toEqual([]);
    expect(await proxied.proxy.proxy.drain(1000)).toEqual({ clean: true });
  });
});
