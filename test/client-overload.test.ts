import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamScript } from './support/fake-upstream.ts';
import {
  expectRefusal,
  headerOf,
  jsonHeaders,
  message,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';
import type { CapacityOptions } from '../src/proxy/server/options.ts';

const open: ProxiedUpstream[] = [];
afterEach(async () => {
  for (const proxied of open.splice(0)) await proxied.close();
});

/** A provider that answers when it is let, and tells how many requests it has at once. */
function patient(): { script: UpstreamScript; answerAll: () => void; most: () => number } {
  const waiting: (() => void)[] = [];
  let isLet = false;
  let now = 0;
  let most = 0;
  return {
    async script(connection) {
      for (;;) {
        await connection.read();
        most = Math.max(most, ++now);
        if (!isLet) await new Promise<void>((resolve) => waiting.push(resolve));
        now--;
        const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
        await connection.write(`${head}Content-Length: ${message.length}\r\n\r\n${message}`);
      }
    },
    answerAll() {
      isLet = true;
      for (const answer of waiting.splice(0)) answer();
    },
    most: () => most,
  };
}

async function start(script: UpstreamScript, capacity: Partial<CapacityOptions>): Promise<ProxiedUpstream> {
  const proxied = await proxiedUpstream(script, {
    change: (config) => ({ ...config, capacity: { ...config.capacity, ...capacity } }),
  });
  open.push(proxied);
  return proxied;
}

describe('more requests than there are places', () => {
  it.each([
    ['in all', { inFlight: 3, queue: 0 }],
    ['to one provider', { inFlightPerProvider: 3 }],
    ['and in the queue for a while', { inFlight: 3, queue: 100, queueMs: 50 }],
  ])('are refused, and those that have one go on: %s', async (_, capacity) => {
    const { script, answerAll, most } = patient();
    const proxied = await start(script, capacity);
    const asked = Array.from({ length: 10 }, () => proxied.ask({ body: messageBody }));
    const over = await proxied.proxy.over(7);
    expect(over.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 7 }, () => 'rejected_overload'));
    answerAll();
    const answers = await Promise.all(asked);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectRefusal(answer, 503, 'overloaded');
      expect(headerOf(answer, 'retry-after')).toBe('1');
      expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { type: 'overloaded_error' } });
    }
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(most()).toBe(3);
    await proxied.unharmed(3);
    expect((await proxied.ask({ body: messageBody })).status).toBe(200);
  });

  it('wait their turn if the queue takes them', async () => {
    const { script, answerAll, most } = patient();
    const proxied = await start(script, { inFlight: 2, queue: 100 });
    const asked = Array.from({ length: 20 }, () => proxied.ask({ body: messageBody }));
    await expect.poll(() => proxied.upstream.requests.length).toBe(2);
    answerAll();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(most()).toBe(2);
    await proxied.unharmed(20);
  });

  it('do not keep tokenpak’s own endpoints from answering', async () => {
    const { script, answerAll } = patient();
    const proxied = await start(script, { inFlight: 1, queue: 0 });
    const asked = proxied.ask({ body: messageBody });
    await expect.poll(() => proxied.upstream.requests.length).toBe(1);
    for (const path of ['/health', '/stats', '/livez']) {
      expect((await proxied.ask({ method: 'GET', path, headers: [] })).status).toBe(200);
    }
    answerAll();
    expect((await asked).status).toBe(200);
  });
});

describe('more connections than are allowed', () => {
  it('are closed, and the others go on', async () => {
    const { script, answerAll } = patient();
    const proxied = await start(script, { connections: 4 });
    const clients = Array.from({ length: 4 }, () => proxied.connect());
    const bytes = proxied.bytesOf({ headers: jsonHeaders, body: messageBody });
    for (const client of clients) await client.send(bytes);
    await expect.poll(() => proxied.upstream.requests.length).toBe(4);
    await Promise.all(Array.from({ length: 20 }, () => proxied.connect().closed));
    answerAll();
    for (const client of clients) expect((await client.response()).status).toBe(200);
    for (const client of clients) await client.reset();
    await proxied.unharmed(4);
  });

  it('take the place of the one that has waited longest for its next request', async () => {
    const { script, answerAll } = patient();
    answerAll();
    const proxied = await start(script, { connections: 3 });
    const bytes = proxied.bytesOf({ headers: jsonHeaders, body: messageBody });
    const clients = Array.from({ length: 3 }, () => proxied.connect());
    for (const client of clients) {
      await client.send(bytes);
      expect((await client.response()).status).toBe(200);
    }
    const another = proxied.connect();
    await another.send(bytes);
    expect((await another.response()).status).toBe(200);
    await clients[0]!.closed;
    for (const client of clients.slice(1)) {
      await client.send(bytes);
      expect((await client.response()).status).toBe(200);
    }
    for (const client of [...clients, another]) await client.reset();
  });

  it('may still ask how tokenpak does, and nothing else', async () => {
    const { script, answerAll } = patient();
    const proxied = await start(script, { connections: 2 });
    const bytes = proxied.bytesOf({ headers: jsonHeaders, body: messageBody });
    const clients = Array.from({ length: 2 }, () => proxied.connect());
    for (const client of clients) await client.send(bytes);
    await expect.poll(() => proxied.upstream.requests.length).toBe(2);
    for (const path of ['/health', '/metrics']) {
      const answer = await proxied.ask({ method: 'GET', path, headers: [] });
      expect({ status: answer.status, connection: headerOf(answer, 'connection') }).toEqual({
        status: 200,
        connection: 'close',
      });
    }
    const refused = await proxied.ask({ body: messageBody });
    expectRefusal(refused, 503, 'overloaded');
    expect(headerOf(refused, 'retry-after')).toBe('1');
    expect(headerOf(refused, 'connection')).toBe('close');
    const metrics = await proxied.ask({ method: 'GET', path: '/metrics', headers: [] });
    expect(metrics.body.toString()).toContain('tokenpak_shed_total{reason="connections"} 1\n');
    answerAll();
    for (const client of clients) expect((await client.response()).status).toBe(200);
    for (const client of clients) await client.reset();
  });
});

describe('an event loop that is held up again and again', () => {
  it('has new requests refused without their bodies being read, and /health says why', async () => {
    const { script, answerAll } = patient();
    answerAll();
    const proxied = await start(script, { lagMs: 20 });
    const hold = (): void => {
      const since = process.cpuUsage();
      while (process.cpuUsage(since).user < 150_000);
    };
    const health = async (): Promise<unknown> => (await fetch(`${proxied.proxy.url}/health`)).json();
    for (let n = 0; n < 4; n++) {
      hold();
      await new Promise(setImmediate);
    }
    expect(await health()).toMatchObject({ status: 'degraded', shedding: 'event_loop' });
    const answer = await proxied.exchange(
      proxied.bytesOf({ headers: [...jsonHeaders, 'Content-Length: 1000000'], body: '{' }),
    );
    expectRefusal(answer, 503, 'overloaded');
    expect(headerOf(answer, 'retry-after')).toBe('1');
    await expect.poll(health, { timeout: 10_000 }).toMatchObject({ status: 'ok', shedding: null });
    expect((await proxied.ask({ body: messageBody })).status).toBe(200);
    expect(proxied.proxy.logs.filter((line) => line.includes('new requests are'))).toHaveLength(2);
    await proxied.unharmed(1);
  });
});
