import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { fakeUpstream, type FakeUpstream, type UpstreamScript } from '../../../test/support/fake-upstream.ts';
import { marksFrom, requestRecord } from '../../../test/support/request-record.ts';
import { routed, type RoutingSetting } from '../../../test/support/routing.ts';
import { toProxyError } from '../errors.ts';
import type { RequestRecord } from '../record.ts';
import { createConnections, watchSockets } from './connections.ts';
import { createDeadlines } from './deadlines.ts';
import { createRetryBudgets, type RetryBudgets } from './retry-budget.ts';
import type { RetryTerms } from './retries.ts';
import { upstream } from './stage.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const deadlines = { connectMs: 5000, firstByteMs: 60_000, firstBytePlainMs: 60_000, idleMs: 60_000, totalMs: 0 };

interface Asked {
  /** Grows while the request is on its way. */
  readonly record: RequestRecord;
  /** The answer's status, or the code of the error. */
  readonly answer: Promise<number | string>;
}

interface Bench {
  readonly clock: FakeClock;
  readonly budgets: RetryBudgets;
  /** @param firstByteMs the target's own deadline */
  readonly ask: (setting?: Partial<RoutingSetting>, firstByteMs?: number) => Promise<Asked>;
  /** Of those that went out, in order. */
  readonly dispatched: string[];
}

/** The stage over real connections, with time in the test's hand. */
function bench(
  baseUrl: string,
  { upstreamRetries = 0, totalMs = 0 }: Partial<RetryTerms> = {},
  allowsAddress: () => boolean = () => true,
): Bench {
  const clock = fakeClock();
  const connections = createConnections({ connectMs: 5000, maxConnections: 50, allowsAddress });
  const watched = createDeadlines({ ...deadlines, totalMs }, clock);
  const sockets = watchSockets();
  const budgets = createRetryBudgets(clock.now);
  const dispatched: string[] = [];
  const stage = upstream({
    ...{ connections, deadlines: watched, sockets, clock, retryBudgets: budgets, random: () => 0.5 },
    ...{ proxyOf: () => null, maxInFlightPerProvider: 1000, isOwnOrigin: () => false },
    retryTerms: { upstreamRetries, totalMs },
    dispatched: ({ id }) => dispatched.push(id),
  });
  open.push(() => {
    watched.close();
    sockets.close();
    return connections.close();
  });
  const settings = { local: true, insecure: true, apiKey: 'k', dialects: ['anthropic-messages'] } as const;
  const providers = { anthropic: { ...settings, dialects: [...settings.dialects], baseUrl } };
  return {
    ...{ clock, budgets, dispatched },
    async ask(setting = {}, firstByteMs) {
      const marks = { ...marksFrom(clock.now()), bodyRead: clock.now() };
      const record = requestRecord({ outcome: null, attempts: [], marks });
      const call = await routed({ providers, record, ...setting });
      const target = { ...call.target, firstByteMs: firstByteMs ?? null };
      const answer = stage.handle({ ...call, target }).then(
        (reply) =>
          new Promise<number | string>((resolve) => {
            const fail = (): void => resolve('broken');
            reply.body.start({ bytes: () => undefined, end: () => resolve(reply.status), fail });
          }),
        (thrown: unknown) => toProxyError(thrown).code,
      );
      return { record, answer };
    },
  };
}

async function provider(script: UpstreamScript): Promise<FakeUpstream> {
  const started = await fakeUpstream(script);
  open.push(() => started.close());
  return started;
}

/** Answers one request after the other with these, the last one for ever. */
function answers(...replies: readonly (readonly [status: number, ...headers: string[]])[]): UpstreamScript {
  let answered = 0;
  return async (connection) => {
    for (;;) {
      await connection.read();
      const [status, ...headers] = replies[Math.min(answered++, replies.length - 1)]!;
      await connection.write([`HTTP/1.1 ${status} X`, ...headers, 'Content-Length: 2', '', '{}'].join('\r\n'));
    }
  };
}

/** A port at which nobody listens. */
async function refusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const statuses = ({ record }: Asked): unknown[] => record.attempts.map(({ status, outcome }) => status ?? outcome);

/** A provider that has answered: a budget is there from then on. */
async function known({ ask, budgets }: Bench): Promise<void> {
  expect(await (await ask()).answer).toBe(200);
  expect(budgets.levels()).toMatchObject([{ left: 10 }]);
  // The connection is free again a moment after its answer.
  await new Promise(setImmediate);
}

describe('a connection that cannot be made', () => {
  it.each([
    ['since it is refused', async () => `http://127.0.0.1:${await refusedPort()}`],
    ['since the name does not resolve', () => Promise.resolve('http://nowhere.invalid')],
  ])('is tried once more, %s, as far as the budget goes', async (_, baseUrl) => {
    const { ask, budgets } = bench(await baseUrl());
    const attempts: number[] = [];
    for (let n = 0; n < 10; n++) {
      const asked = await ask();
      expect(await asked.answer).toBe('upstream_unreachable');
      attempts.push(asked.record.attempts.length);
    }
    expect(attempts).toEqual([1, 1, 1, 1, 2, 1, 1, 1, 1, 2]);
    expect(budgets.levels()).toMatchObject([{ left: 0, taken: 2 }]);
  });

  it('is made by the second attempt, which is the one that is written down', async () => {
    const port = await refusedPort();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'));
    });
    let lookups = 0;
    const allowsAddress = (): boolean => {
      if (++lookups === 2) server.listen(port);
      return true;
    };
    open.push(() => server.close());
    const { ask, budgets, dispatched } = bench(`http://localhost:${port}`, {}, allowsAddress);
    budgets.of({ provider: 'anthropic', origin: `http://localhost:${port}` }).answered();
    const asked = await ask();
    expect(await asked.answer).toBe(200);
    expect(statuses(asked)).toEqual(['upstream_unreachable', 200]);
    expect(dispatched).toEqual(['tp_test']);
  });

  it('is not tried again for a body that is only read once', async () => {
    const port = await refusedPort();
    const { ask, budgets } = bench(`http://127.0.0.1:${port}`);
    budgets.of({ provider: 'anthropic', origin: `http://127.0.0.1:${port}` }).answered();
    const asked = await ask({ body: { kind: 'stream', stream: Readable.from(['{}']), length: 2 } });
    expect(await asked.answer).toBe('upstream_unreachable');
    expect(asked.record.attempts).toHaveLength(1);
  });
});

describe('answers that say that the provider cannot just now', () => {
  it.each([502, 503, 504, 529])('pass as they are by default: %d', async (status) => {
    const { url, requests } = await provider(answers([200], [status]));
    const started = bench(url);
    await known(started);
    const asked = await started.ask();
    expect(await asked.answer).toBe(status);
    expect(requests).toHaveLength(2);
  });

  it.each([502, 503, 504, 529])('are asked for again where that is wanted: %d', async (status) => {
    const { url, connections } = await provider(answers([200], [status], [200]));
    const started = bench(url, { upstreamRetries: 1 });
    await known(started);
    const asked = await started.ask();
    await expect.poll(() => statuses(asked)).toEqual([status]);
    started.clock.advance(99);
    expect(asked.record.attempts).toHaveLength(1);
    started.clock.advance(1);
    expect(await asked.answer).toBe(200);
    expect(asked.record.attempts).toMatchObject([
      { status, outcome: 'upstream_error', isSent: true },
      { status: 200, outcome: 'ok' },
    ]);
    expect(started.dispatched).toHaveLength(2);
    // What was not passed on has been read to its end.
    expect(connections()).toBe(1);
  });

  it.each([400, 408, 429, 500, 501])('are those and no others: %d passes', async (status) => {
    const { url } = await provider(answers([200], [status], [200]));
    const started = bench(url, { upstreamRetries: 3 });
    await known(started);
    expect(await (await started.ask()).answer).toBe(status);
  });

  it('are asked for again after waits that grow, as often as wanted, and then passed on', async () => {
    const { url, requests } = await provider(answers([200], [503]));
    const started = bench(url, { upstreamRetries: 3 });
    await known(started);
    // Saves what three retries of an outage cost.
    for (let n = 0; n < 20; n++) started.budgets.of({ provider: 'anthropic', origin: url }).admitted();
    const asked = await started.ask();
    for (const [index, waitMs] of [100, 300, 900].entries()) {
      await expect.poll(() => statuses(asked)).toEqual(Array.from({ length: index + 1 }, () => 503));
      await expect.poll(() => asked.record.attempts.at(-1)?.outcome).toBe('upstream_error');
      started.clock.advance(waitMs - 1);
      expect(asked.record.attempts).toHaveLength(index + 1);
      started.clock.advance(1);
      expect(asked.record.attempts).toHaveLength(index + 2);
    }
    expect(await asked.answer).toBe(503);
    expect(requests).toHaveLength(5);
  });

  it('are asked for again when they say so, and spread a little behind that', async () => {
    const { url } = await provider(answers([200], [503, 'Retry-After: 3'], [200]));
    const started = bench(url, { upstreamRetries: 1 });
    await known(started);
    const asked = await started.ask();
    await expect.poll(() => statuses(asked)).toEqual([503]);
    started.clock.advance(3099);
    expect(asked.record.attempts).toHaveLength(1);
    started.clock.advance(1);
    expect(await asked.answer).toBe(200);
  });

  it.each([
    ['say a time that is too far away', 'Retry-After: 30'],
    ['say a date that is too far away', `Retry-After: ${new Date(Date.UTC(2026, 10, 22, 12, 0, 30)).toUTCString()}`],
    ['say that it is of no use', 'X-Should-Retry: false'],
  ])('are not asked for again when they %s', async (_, header) => {
    const { url, requests } = await provider(answers([200], [503, header], [200]));
    const started = bench(url, { upstreamRetries: 3 });
    await known(started);
    expect(await (await started.ask()).answer).toBe(503);
    expect(requests).toHaveLength(2);
  });

  it('are not asked for again when the deadline would pass meanwhile', async () => {
    const { url } = await provider(answers([200], [503, 'Retry-After: 3'], [200]));
    const started = bench(url, { upstreamRetries: 3, totalMs: 4000 });
    await known(started);
    expect(await (await started.ask()).answer).toBe(503);
  });

  it('are not asked for again for a client that leaves meanwhile', async () => {
    const { url, requests } = await provider(answers([200], [503], [200]));
    const started = bench(url, { upstreamRetries: 3 });
    await known(started);
    const whenGone: (() => void)[] = [];
    const client = { gone: false, onGone: (run: () => void) => void whenGone.push(run) };
    const asked = await started.ask({ client });
    await expect.poll(() => statuses(asked)).toEqual([503]);
    client.gone = true;
    for (const run of whenGone) run();
    started.clock.advance(60_000);
    expect(asked.record.attempts).toHaveLength(1);
    expect(await (await started.ask()).answer).toBe(200);
    expect(requests).toHaveLength(3);
  });

  it('are not read for ever when they are not passed on', async () => {
    let asks = 0;
    const { url, ends } = await provider(async (connection) => {
      await connection.read();
      if (asks++ !== 1) return connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}').then(connection.end);
      await connection.write('HTTP/1.1 503 X\r\nContent-Length: 1000000000\r\n\r\n');
      let isOpen = true;
      void connection.ended.then(() => (isOpen = false));
      while (isOpen) await connection.write(Buffer.alloc(64 * 1024));
    });
    const started = bench(url, { upstreamRetries: 1 });
    await known(started);
    const asked = await started.ask();
    await expect.poll(() => ends.length).toBe(2);
    started.clock.advance(100);
    expect(await asked.answer).toBe(200);
    expect(statuses(asked)).toEqual([503, 200]);
    expect(asked.record.attempts[0]).toMatchObject({ outcome: 'upstream_error' });
  });
});

describe('a provider that is down', () => {
  it.each([
    ['refuses connections', 0],
    ['answers 503, which is asked for again', 3],
  ])('and %s sees at most 1.2 requests for each, over 500', async (_, upstreamRetries) => {
    const down =
      upstreamRetries === 0 ? `http://127.0.0.1:${await refusedPort()}` : (await provider(answers([503]))).url;
    const { ask, clock } = bench(down, { upstreamRetries });
    const asked: Asked[] = [];
    for (let n = 0; n < 500; n += 20) {
      asked.push(...(await Promise.all(Array.from({ length: 20 }, () => ask()))));
      const over = Promise.all(asked.map(({ answer }) => answer));
      let isOver = false;
      void over.then(() => (isOver = true));
      while (!isOver) {
        clock.advance(2000);
        await new Promise(setImmediate);
      }
    }
    const attempts = asked.reduce((sum, { record }) => sum + record.attempts.length, 0);
    expect(attempts).toBeLessThanOrEqual(600);
    expect(attempts).toBeGreaterThan(550);
  });
});

describe('a connection that was kept alive', () => {
  it('has not died when its provider is slow: the request is not sent again', async () => {
    const { url, requests } = await provider(async (connection) => {
      await connection.read();
      await connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      await connection.read();
      await connection.ended;
    });
    const started = bench(url);
    await known(started);
    const asked = await started.ask();
    await expect.poll(() => requests.length).toBe(2);
    started.clock.advance(61_000);
    expect(await asked.answer).toBe('upstream_timeout');
    expect(asked.record.attempts).toHaveLength(1);
  });

  it('is replaced while the budget lasts', async () => {
    const { url } = await provider(async (connection) => {
      await connection.read();
      await connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      await connection.read();
      await connection.reset();
    });
    const started = bench(url);
    await known(started);
    const budget = started.budgets.of({ provider: 'anthropic', origin: url });
    while (budget.take());
    const asked = await started.ask();
    expect(await asked.answer).toBe('upstream_unreachable');
    expect(asked.record.attempts).toHaveLength(1);
  });
});

describe('the time that one target has for its first byte', () => {
  it('counts from the first attempt at it, however often that is repeated', async () => {
    let asked = 0;
    const { url, requests } = await provider(async (connection) => {
      for (;;) {
        await connection.read();
        if (++asked < 3) {
          const status = asked === 1 ? 200 : 503;
          await connection.write(`HTTP/1.1 ${status} X\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}`);
        }
      }
    });
    const started = bench(url, { upstreamRetries: 1 });
    await known(started);
    const { record, answer } = await started.ask({}, 2000);
    await expect.poll(() => record.attempts[0]?.outcome).toBe('upstream_error');
    started.clock.advance(1200);
    await expect.poll(() => requests.length).toBe(3);
    started.clock.advance(700);
    expect(record.attempts.at(-1)).toMatchObject({ outcome: null });
    started.clock.advance(200);
    expect(await answer).toBe('upstream_timeout');
    expect(record.attempts).toMatchObject([{ status: 503 }, { outcome: 'upstream_timeout', isNeutral: true }]);
  });

  it('leaves no room for a retry that would begin behind it', async () => {
    const { url, requests } = await provider(answers([200], [503, 'Retry-After: 2'], [200]));
    const started = bench(url, { upstreamRetries: 1 });
    await known(started);
    expect(await (await started.ask({}, 2000)).answer).toBe(503);
    expect(requests).toHaveLength(2);
  });
});
