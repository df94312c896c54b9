import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { followEvents } from './event-stream.ts';

let stop: () => void = () => undefined;
let server: http.Server;

async function serve(listener: http.RequestListener): Promise<string> {
  server = http.createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('following the events of a proxy', () => {
  it('gives each event with its data, however the bytes are cut', async () => {
    const events: unknown[] = [];
    const baseUrl = await serve((request, response) => {
      expect(request.url).toBe('/events');
      expect(request.headers['x-tokenpak-key']).toBe('t');
      response.write('event: hello\ndata: {"a":');
      response.write('1}\n\n: comment\n\nevent: ended\nda');
      response.write('ta: {"b":2}\n\n');
    });
    stop = followEvents({ baseUrl, token: 't', onEvent: (name, data) => events.push([name, data()]) });
    await vi.waitFor(() =>
      expect(events).toEqual([
        ['hello', { a: 1 }],
        ['ended', { b: 2 }],
      ]),
    );
  });

  it('comes back when the connection is lost, or was refused', async () => {
    let connections = 0;
    const names: string[] = [];
    const baseUrl = await serve((_, response) => {
      connections++;
      if (connections === 1) response.writeHead(503).end();
      else response.write(`event: number${connections}\ndata: {}\n\n`, () => response.destroy());
    });
    stop = followEvents({ baseUrl, token: null, onEvent: (name) => names.push(name) });
    await vi.waitFor(() => expect(names.slice(0, 2)).toEqual(['number2', 'number3']), { timeout: 5000 });
  });

  it('stops when told to', async () => {
    let connections = 0;
    const baseUrl = await serve((_, response) => {
      connections++;
      response.write(': open\n\n');
    });
    stop = followEvents({ baseUrl, token: null, onEvent: () => undefined });
    await vi.waitFor(() => expect(connections).toBe(1));
    stop();
    await vi.waitFor(async () => {
      const open = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
      expect(open).toBe(0);
    });
    expect(connections).toBe(1);
  });
});
