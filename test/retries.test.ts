import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamScript } from './support/fake-upstream.ts';
import {
  headerOf,
  jsonHeaders,
  message,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';

const open: ProxiedUpstream[] = [];
afterEach(async () => {
  for (const proxied of open.splice(0)) await proxied.close();
});

async function start(script: UpstreamScript, env: NodeJS.ProcessEnv = {}): Promise<ProxiedUpstream> {
  const proxied = await proxiedUpstream(script, { env });
  open.push(proxied);
  return proxied;
}

/** Answers one request after the other with these, the last one for ever. */
function answers(...replies: readonly (readonly [status: number, ...headers: string[]])[]): UpstreamScript {
  let answered = 0;
  return async (connection) => {
    for (;;) {
      await connection.read();
      const [status, ...headers] = replies[Math.min(answered++, replies.length - 1)]!;
      const head = [`HTTP/1.1 ${status} X`, ...headers, 'Content-Type: application/json'];
      await connection.write([...head, `Content-Length: ${message.length}`, '', message].join('\r\n'));
    }
  };
}

async function metric(proxied: ProxiedUpstream, name: string): Promise<string | undefined> {
  const text = await (await fetch(`${proxied.proxy.url}/metrics`)).text();
  return text.split('\n').find((line) => line.startsWith(`${name}{`));
}

describe('a request that a provider could not take just now', () => {
  it('is sent again where the user wants that, and the client sees only the answer', async () => {
    const proxied = await start(answers([200], [503], [200]), { TOKENPAK_UPSTREAM_RETRIES: '1' });
    expect((await proxied.ask({ body: messageBody })).status).toBe(200);
    const headers = [...jsonHeaders, 'Idempotency-Key: once'];
    const answer = await proxied.ask({ headers, body: messageBody });
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 200, body: message });
    const [first, second] = proxied.upstream.requests.slice(1);
    expect(second).toEqual(first);
    expect(headerOf(second!, 'idempotency-key')).toBe('once');
    const [request] = await proxied.proxy.over(2);
    expect(request).toMatchObject({ status: 200, outcome: 'ok' });
    expect(request?.attempts).toMatchObject([
      { provider: 'anthropic', status: 503, outcome: 'upstream_error' },
      { provider: 'anthropic', status: 200, outcome: 'ok' },
    ]);
    expect(await metric(proxied, 'tokenpak_upstream_retries_total')).toBe(
      'tokenpak_upstream_retries_total{provider="anthropic"} 1',
    );
    expect(await metric(proxied, 'tokenpak_retry_budget')).toMatch(/^tokenpak_retry_budget\{provider="anthropic"\} \d/);
    await proxied.unharmed(3);
  });

  it('is not sent again by default, and the provider’s advice reaches the client', async () => {
    const proxied = await start(answers([200], [503, 'X-Should-Retry: false', 'Retry-After: 30']));
    expect((await proxied.ask({ body: messageBody })).status).toBe(200);
    const answer = await proxied.ask({ body: messageBody });
    expect(answer.status).toBe(503);
    expect(headerOf(answer, 'x-should-retry')).toBe('false');
    expect(headerOf(answer, 'retry-after')).toBe('30');
    await proxied.unharmed(2);
  });

  it('is not sent again once its client has left', async () => {
    const proxied = await start(answers([200], [503, 'Retry-After: 4'], [200]), { TOKENPAK_UPSTREAM_RETRIES: '3' });
    expect((await proxied.ask({ body: messageBody })).status).toBe(200);
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ body: messageBody }));
    await expect.poll(() => proxied.upstream.requests.length).toBe(2);
    await client.reset();
    const [request] = await proxied.proxy.over(2);
    expect(request).toMatchObject({ outcome: 'client_abort' });
    expect(request?.attempts).toHaveLength(1);
    await proxied.unharmed(2);
  });
});

describe('a request that could not be sent', () => {
  it('is tried once more when the budget has saved enough for it', async () => {
    const proxied = await start(() => undefined);
    await proxied.upstream.close();
    for (let n = 0; n < 5; n++) expect((await proxied.ask({ body: messageBody })).status).toBe(502);
    const requests = await proxied.proxy.over(5);
    expect(requests.map(({ attempts }) => attempts.length).toReversed()).toEqual([1, 1, 1, 1, 2]);
    await proxied.proxy.close();
    open.pop();
  });
});
