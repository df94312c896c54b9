import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createBareRelay } from './bare-relay.ts';
import { runClosedLoop } from './load/closed-loop.ts';
import { runOpenLoop } from './load/open-loop.ts';
import { runStreams } from './load/streams.ts';
import { runTurns } from './load/turns.ts';
import { createMock } from './mock.ts';

const servers: Server[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function mockBehindRelay(): Promise<{ mock: number; relay: number }> {
  const mock = await listen(createMock());
  return { mock, relay: await listen(createBareRelay(mock)) };
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('the load generator, through the bare relay to the mock', () => {
  it('sends as many requests as it is told, and counts each', async () => {
    const { relay } = await mockBehindRelay();
    const until = { requests: 50 };
    const result = await runClosedLoop({ kind: 'closed-loop', port: relay, connections: 4, until });
    expect(result.sentToEach).toBe(50);
    expect(result.latency.count).toBe(50);
    expect(result.latency.max).toBeGreaterThanOrEqual(result.latency.p50);
  });

  it('takes turns between ports, with large bodies', async () => {
    const { mock, relay } = await mockBehindRelay();
    const ports = [mock, relay];
    const size = { bodyBytes: 300_000, streamed: false, turns: 2, requestsPerTurn: 3 };
    const result = await runTurns({ kind: 'turns', ports, ...size });
    expect(result.sentToEach).toBe(6);
    expect(result.latencies.map(({ count }) => count)).toEqual([6, 6]);
  });

  it("times a stream's first event before the stream is over", async () => {
    const { relay } = await mockBehindRelay();
    const size = { bodyBytes: 1024, streamed: true, turns: 1, requestsPerTurn: 5 };
    const { latencies } = await runTurns({ kind: 'turns', ports: [relay], ...size });
    expect(latencies[0]?.count).toBe(5);
    expect(latencies[0]?.p50).toBeGreaterThan(0);
  });

  it('makes a request that finds no free connection wait, and counts its wait', async () => {
    const { relay } = await mockBehindRelay();
    const job = { kind: 'open-loop', port: relay, connections: 1, perSecond: 1_000_000, requests: 30 } as const;
    const { latency, lateness } = await runOpenLoop(job);
    expect(latency.count).toBe(30);
    expect(lateness.count).toBe(30);
    expect(latency.max).toBeGreaterThan(latency.p50);
  });

  it('reads paced streams to their ends', async () => {
    const { relay } = await mockBehindRelay();
    const job = { kind: 'streams', port: relay, streams: 5, eventsPerStream: 3, openingMs: 10 } as const;
    const { gaps, lateness } = await runStreams(job);
    expect(lateness.count).toBe(5);
    expect(gaps.max).toBeGreaterThan(25);
  });
});

describe('the load generator fails', () => {
  it('at a reply that is not what the mock gives', async () => {
    const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
    const port = await listen(createServer((socket) => socket.on('data', () => socket.write(reply))));
    const job = { kind: 'closed-loop', port, connections: 1, until: { requests: 1 } } as const;
    await expect(runClosedLoop(job)).rejects.toThrow('200 and 2 bytes');
  });

  it('at a connection that is closed before its reply', async () => {
    const port = await listen(createServer((socket) => socket.on('data', () => socket.end())));
    const job = { kind: 'closed-loop', port, connections: 1, until: { requests: 1 } } as const;
    await expect(runClosedLoop(job)).rejects.toThrow('closed the connection');
  });
});
