import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { received } from '../../../test/support/exchange.ts';
import { fakeClock } from '../../../test/support/fake-clock.ts';
import type { ProxyError } from '../errors.ts';
import type { Observer } from '../observers.ts';
import type { BodyReceiver, Reply } from '../reply.ts';
import { relay } from './relay.ts';

const fault = (): never => {
  throw new TypeError('a fault');
};
const sink = {
  head: () => undefined,
  write: () => true,
  end: () => undefined,
  cut: () => undefined,
  onDrain: () => undefined,
  flush: () => undefined,
};

/** Relays a compressed answer before an observer, and gives the error that the client is told. */
function refusalOf(type: string, text: string, observer: Observer): Promise<ProxyError> {
  return new Promise((refuse) => {
    const start = (receiver: BodyReceiver): void => {
      receiver.bytes(gzipSync(text));
      receiver.end();
    };
    const idle = () => undefined;
    const reply: Reply = {
      ...{ status: 200, headers: ['content-type', type, 'content-encoding', 'gzip'], dialect: 'anthropic-messages' },
      ...{ hasBody: true, body: { start, pause: idle, resume: idle, cancel: idle }, layers: [{ observer }] },
    };
    relay({ exchange: received(), reply, sink, clock: fakeClock(), finish: idle, refuse });
  });
}

it.each([
  ['application/json', '{"a":1}', { body: fault }],
  ['text/event-stream', 'event: ping\ndata: {"type":"ping"}\n\n', { event: fault }],
])(
  'an observer that fails on a compressed answer (%s) costs that answer, and no more',
  async (type, text, observer) => {
    const error = await refusalOf(type, text, observer);
    expect(error.code).toBe('internal');
    expect(String(error.cause)).toBe('TypeError: a fault');
  },
);
