import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answering, jsonHeaders, message, messageBody, proxiedUpstream } from './support/proxied-upstream.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** An HTTP proxy of somebody else's, which opens tunnels, or refuses to. */
async function httpProxy(status: 200 | 403): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    if (status === 403) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const [host, port] = (request.url ?? '').split(':');
    const tunnel = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(tunnel).pipe(socket);
    });
    for (const end of [socket, tunnel]) end.on('error', () => [socket, tunnel].forEach((other) => other.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function start(proxyUrl: string) {
  const proxied = await proxiedUpstream(answering(), {
    change: (config) => ({
      ...config,
      providers: { ...config.providers, anthropic: { ...config.providers['anthropic']!, proxy: proxyUrl } },
    }),
  });
  closing.push(proxied.close);
  return proxied;
}

describe('a provider behind an HTTP proxy', () => {
  it('is asked through a tunnel, byte for byte', async () => {
    const { url, asked } = await httpProxy(200);
    const { ask, upstream, unharmed } = await start(url);
    const answer = await ask({ headers: [...jsonHeaders, 'x-api-key: sk-mine'], body: messageBody });
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 200, body: message });
    expect(asked).toEqual([`127.0.0.1:${upstream.port}`]);
    expect(upstream.requests[0]?.body.toString()).toBe(messageBody);
    expect(upstream.requests[0]?.head).toMatch(/^POST \/v1\/messages HTTP\/1.1\r\n/);
    expect(upstream.requests[0]?.head).toContain('x-api-key: sk-mine');
    await unharmed(1);
  });

  it('that lets nobody through cannot be reached', async () => {
    const { url, asked } = await httpProxy(403);
    const { ask, unharmed } = await start(url);
    const answer = await ask({ headers: jsonHeaders, body: messageBody });
    expect(answer.status).toBe(502);
    expect(answer.head).toMatch(/x-tokenpak-error: upstream_unreachable/i);
    expect(asked).toHaveLength(1);
    await unharmed(0);
  });
});
