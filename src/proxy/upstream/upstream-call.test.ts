import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { held, routed } from '../../../test/support/routing.ts';
import type { ProxyError } from '../errors.ts';
import { RetryBudget } from './retry-budget.ts';
import { UpstreamCall, type CallParts } from './upstream-call.ts';

const idle = (): undefined => undefined;
const parts: CallParts = {
  listener: { sent: idle, head: idle, failed: idle, over: idle },
  sockets: { expect: idle, close: idle },
  now: () => 0,
};

async function upstreamCallOf(): Promise<UpstreamCall> {
  const attempt = { provider: 'anthropic', status: null, outcome: null, ms: 0 };
  const call = await routed({ providers: held });
  const sending = { call, body: { kind: 'none' } as const, headers: [], attempt, beganAt: 0, triedSince: null };
  const first = { budget: new RetryBudget(() => 0), retries: 0, hasReconnected: false, onFresh: false };
  return new UpstreamCall({ ...sending, ...first, resolve: idle, reject: idle }, parts);
}

it('tells a receiver that fails at the end of an answer of its own failure, since nobody else would', async () => {
  const upstreamCall = await upstreamCallOf();
  const failures: ProxyError[] = [];
  const end = (): void => {
    throw new TypeError('a fault');
  };
  upstreamCall.onConnect(idle);
  upstreamCall.onHeaders(200, [], idle);
  upstreamCall.start({ bytes: idle, end, fail: (error) => failures.push(error) });
  upstreamCall.onComplete();
  expect(failures.map(({ code, cause }) => [code, String(cause)])).toEqual([['internal', 'TypeError: a fault']]);
});

it('says that its bytes are not needed any more only when its connection reads none of them', async () => {
  const server = createServer((socket) => socket.on('error', idle).pause());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const upstreamCall = await upstreamCallOf();
  const told: string[] = [];

  upstreamCall.whenSent(() => told.push('before it has a connection'));
  upstreamCall.writtenTo(socket);
  upstreamCall.whenSent(() => told.push('with nothing to send'));
  socket.write(Buffer.alloc(64 * 1024 * 1024));
  upstreamCall.whenSent(() => told.push('closed with bytes to send'));
  expect(socket.writableLength).toBeGreaterThan(0);
  expect(told).toEqual(['before it has a connection', 'with nothing to send']);
  socket.destroy();
  expect(told).toHaveLength(2);
  await once(socket, 'close');
  upstreamCall.whenSent(() => told.push('closed'));
  expect(told.slice(2)).toEqual(['closed with bytes to send', 'closed']);
  server.close();
});
