import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runStages, usersAt } from './stages.ts';

const stages = [
  { ms: 1000, users: 11 },
  { ms: 2000, users: 51 },
  { ms: 0, users: 100 },
  { ms: 1000, users: 0 },
];

describe('the number of users', () => {
  it.each([
    [0, 1],
    [500, 6],
    [1000, 11],
    [2000, 31],
    [2999, 51],
    [3000, 100],
    [3500, 50],
    [4000, 0],
    [9000, 0],
  ])('after %i ms is %i', (ms, users) => {
    expect(usersAt(stages, ms)).toBe(users);
  });
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers each request by what a function says of its number. */
async function answering(answer: (socket: Socket, number: number) => void): Promise<number> {
  let number = 0;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => answer(socket, number++));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const reply = (status: number): string => `HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\n{}`;
const job = (port: number) =>
  ({ kind: 'stages', port, path: '/ak/k/v1/messages', body: '{}', thinkMs: 5, slowMs: 60_000 }) as const;

describe('users who come and go', () => {
  it('are all answered, and every answer is counted by its status', async () => {
    const cycle = [200, 429, 503] as const;
    const port = await answering((socket, number) => {
      const status = cycle[number % 3]!;
      socket.write(reply(status));
      if (status === 503) socket.end();
    });
    const result = await runStages({
      ...job(port),
      stages: [
        { ms: 150, users: 6 },
        { ms: 150, users: 0 },
      ],
    });
    const count = (status: number): number => result.statuses.get(status) ?? 0;
    expect(count(200) + count(429) + count(503)).toBe(result.sentToEach);
    expect(count(503)).toBe(Math.floor(result.sentToEach / 3));
    expect(result.sentToEach).toBeGreaterThan(6);
    expect(result.latency.count).toBe(result.sentToEach);
    expect(result.slow).toBe(0);
  });

  it('tell what was slow', async () => {
    const port = await answering((socket) => void socket.write(reply(200)));
    const result = await runStages({ ...job(port), slowMs: 0, stages: [{ ms: 50, users: 2 }] });
    expect(result.slow).toBe(result.sentToEach);
  });

  it('give up where a connection breaks', async () => {
    const port = await answering((socket) => void socket.destroy());
    const broken = runStages({ ...job(port), stages: [{ ms: 60_000, users: 3 }] });
    await expect(broken).rejects.toThrow(`port ${port} closed the connection`);
  });
});
