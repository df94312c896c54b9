import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMock } from '../mock.ts';
import { refusal, wholeReply } from '../replies.ts';
import { runClosed } from './closed-load.ts';
import { Histogram } from './histogram.ts';
import type { ClosedJob, HistogramData } from './proof-jobs.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A mock that counts what it is asked. */
async function countingMock(): Promise<{ readonly port: number; readonly asked: () => number }> {
  let asked = 0;
  const port = await listen(
    createMock((answer) => {
      asked += 1;
      answer();
    }),
  );
  return { port, asked: () => asked };
}

/** A server for requests that come whole, as small ones do. */
const scripted = (answer: (socket: Socket, n: number) => void): Promise<number> => {
  let n = 0;
  return listen(createServer((socket) => socket.on('error', () => undefined).on('data', () => answer(socket, n++))));
};

const run = (job: Partial<ClosedJob> & Pick<ClosedJob, 'port' | 'until'>) =>
  runClosed({ kind: 'closed', workload: 'passthrough', apiKey: null, prefix: '', connections: 4, ...job });

describe('a closed loop', () => {
  it('sends as many requests as it is told, and times each', async () => {
    const { port, asked } = await countingMock();
    const outcome = await run({ port, until: { requests: 50 } });
    expect(asked()).toBe(50);
    expect(outcome).toMatchObject({ count: 50, errors: 0, firstError: null, lateness: null, late: 0 });
    expect(outcome.latency.count).toBe(50);
    expect(outcome.inFlight).toBe(4);
  });

  it('sends no more than it is told where there are more connections', async () => {
    const { port, asked } = await countingMock();
    expect(await run({ port, until: { requests: 3 } })).toMatchObject({ count: 3, errors: 0 });
    expect(asked()).toBe(3);
  });

  it('waits in the end for all that it has sent, so that every request is accounted for', async () => {
    const { port, asked } = await countingMock();
    const outcome = await run({ port, connections: 20, until: { seconds: 0.2 } });
    expect(outcome.count).toBe(asked());
    expect(outcome.errors).toBe(0);
    expect(outcome.latency.count).toBe(outcome.count);
  });

  it('brings a stream to its end, and times its first byte', async () => {
    const { port } = await countingMock();
    const outcome = await run({ port, workload: 'stream', until: { requests: 8 } });
    expect(outcome).toMatchObject({ count: 8, errors: 0 });
    expect(outcome.firstByte?.count).toBe(8);
    const p50 = (data: HistogramData | null): number => Histogram.from(data as HistogramData).quantile(0.5);
    expect(p50(outcome.firstByte)).toBeLessThan(p50(outcome.latency));
  });

  it.each(['large-20k', 'large-200k', 'error'] as const)(
    'asks for %s, and takes the right answer',
    async (workload) => {
      const { port } = await countingMock();
      expect(await run({ port, workload, until: { requests: 8 } })).toMatchObject({ count: 8, errors: 0 });
    },
  );
});

describe('what goes wrong in a closed loop', () => {
  it('is counted: answers that are wrong', async () => {
    const port = await scripted((socket, n) => socket.write(n % 4 === 0 ? refusal() : wholeReply('plain')));
    expect(await run({ port, until: { requests: 40 } })).toMatchObject({ count: 40, errors: 10, invalidJson: 0 });
  });

  it('is counted: answers of our own endpoints that are no JSON', async () => {
    const broken = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{"a":';
    const port = await scripted((socket, n) => socket.write(n % 4 === 0 ? broken : wholeReply('plain')));
    const outcome = await run({ port, workload: 'health', until: { requests: 40 } });
    expect(outcome).toMatchObject({ count: 40, errors: 10, invalidJson: 10 });
  });

  it('is counted once: a connection that is closed instead of an answer', async () => {
    const port = await scripted((socket, n) => (n % 10 === 9 ? socket.end() : socket.write(wholeReply('plain'))));
    const outcome = await run({ port, until: { requests: 40 } });
    expect(outcome).toMatchObject({ count: 40, errors: 4, firstError: 'a connection was closed before its answer' });
    expect(outcome.latency.count).toBe(36);
  });

  it('is counted once: a connection that is reset', async () => {
    const port = await scripted((socket, n) =>
      n % 10 === 9 ? socket.resetAndDestroy() : socket.write(wholeReply('plain')),
    );
    const outcome = await run({ port, until: { requests: 40 } });
    expect(outcome).toMatchObject({ count: 40, errors: 4 });
    expect(outcome.latency.count).toBe(36);
  });

  it('is counted once: an answer that is cut off, behind which the next ones are read as they are', async () => {
    const half = wholeReply('plain').subarray(0, 600);
    const port = await scripted((socket, n) => (n % 10 === 9 ? socket.end(half) : socket.write(wholeReply('plain'))));
    const outcome = await run({ port, until: { requests: 40 } });
    expect(outcome).toMatchObject({ count: 40, errors: 4 });
    expect(outcome.latency.count).toBe(36);
  });

  it('is counted once: a server that is not there', async () => {
    const server = createServer();
    const port = await listen(server);
    await once(server.close(), 'close');
    const outcome = await run({ port, until: { requests: 8 } });
    expect(outcome).toMatchObject({ count: 8, errors: 8 });
    expect(outcome.latency.count).toBe(0);
  });
});
