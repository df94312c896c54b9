import { expect, it } from 'vitest';
import { held, routed } from '../../../test/support/routing.ts';
import type { ProxyError } from '../errors.ts';
import { UpstreamCall, type CallParts, type Sending } from './upstream-call.ts';

const idle = (): undefined => undefined;
const parts: CallParts = {
  listener: { sent: idle, head: idle, failed: idle, over: idle },
  sockets: { expect: idle, close: idle },
  now: () => 0,
};

it('tells a receiver that fails at the end of an answer of its own failure, since nobody else would', async () => {
  const sending: Sending = {
    call: await routed({ providers: held }),
    body: { kind: 'none' },
    headers: [],
    attempt: { provider: 'anthropic', status: null, outcome: null, ms: 0 },
    isRetry: false,
    resolve: idle,
    reject: idle,
  };
  const upstreamCall = new UpstreamCall(sending, parts);
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
