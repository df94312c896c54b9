import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fake-clock.ts';
import { ResponseSink } from './response-sink.ts';

/** 32 MiB take a while on a busy machine. */
const patience = { timeout: 4000 };

it('sees that a client still reads, also where the whole answer was given at once', async () => {
  const body = randomBytes(32 * 1024 * 1024);
  const clock = fakeClock();
  let sink: ResponseSink | null = null;
  const server = createServer((request, response) => {
    sink = new ResponseSink(request, response, { clock, isDraining: () => false });
    sink.head(200, ['content-length', String(body.length)]);
    sink.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const stalledAt = (): number => sink?.stalledAt ?? 0;
  const received: Buffer[] = [];
  let bytes = 0;
  client.on('data', (chunk: Buffer) => {
    received.push(chunk);
    bytes += chunk.length;
    if (bytes > 12 * 1024 * 1024 && bytes - chunk.length <= 12 * 1024 * 1024) client.pause();
  });

  client.pause();
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const begun = clock.now();
  await expect.poll(stalledAt, patience).toBe(begun);
  clock.advance(1000);
  client.resume();
  await expect.poll(stalledAt, patience).toBe(begun + 1000);
  // Only then is it where it stops reading again.
  await expect.poll(() => client.isPaused(), patience).toBe(true);
  clock.advance(1000);
  client.resume();
  await expect.poll(() => bytes, patience).toBeGreaterThan(body.length);
  expect(Buffer.concat(received).subarray(-body.length).equals(body)).toBe(true);
  client.destroy();
  server.close();
});
