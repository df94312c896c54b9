import { afterEach, describe, expect, it, vi } from 'vitest';
import { rateFrom, type LimitRule } from '../src/proxy/quota.ts';
import type { UpstreamScript } from './support/fake-upstream.ts';
import {
  expectRefusal,
  headerOf,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';

let proxied: ProxiedUpstream;
afterEach(async () => proxied.close());

function rule(parts: Partial<LimitRule>): LimitRule {
  const none = { requests: null, tokens: null, concurrent: null, burst: null, match: null, shadow: false } as const;
  return { name: 'test', per: 'all', ...none, ...parts };
}

async function limited(limits: readonly LimitRule[], script?: UpstreamScript): Promise<void> {
  proxied = await proxiedUpstream(script, { change: (config) => ({ ...config, limits }) });
}

const perHour = (amount: number) => rateFrom(`${amount}/h`);
const ask = (path = '/v1/messages') => proxied.ask({ path, body: messageBody });

async function inFlight(): Promise<number | null> {
  const stats = (await (await fetch(`${proxied.proxy.url}/stats`)).json()) as {
    limits: { in_flight: number | null }[];
  };
  return stats.limits[0]!.in_flight;
}

/** Begins a stream and goes on as the test says. */
const streamHead =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n: hi\n\n\r\n'.replace(
    '7\r\n',
    '6\r\n',
  );

describe('a request beyond a limit', () => {
  it('is refused in the dialect of its client, and costs no call to the provider', async () => {
    await limited([rule({ requests: perHour(1) })]);
    expect((await ask()).status).toBe(200);
    const anthropic = await ask();
    expect(expectRefusal(anthropic, 429, 'rate_limited')).toContain('the limit test allows 1/h requests');
    expect(JSON.parse(anthropic.body.toString())).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    expect(headerOf(anthropic, 'retry-after')).toMatch(/^(?:3599|3600)$/);
    expect(headerOf(anthropic, 'anthropic-ratelimit-requests-limit')).toBe('1');
    expect(headerOf(anthropic, 'anthropic-ratelimit-requests-remaining')).toBe('0');
    expect(headerOf(anthropic, 'anthropic-ratelimit-requests-reset')).toMatch(/^\d{4}-.*Z$/);
    const openai = await ask('/v1/chat/completions');
    expectRefusal(openai, 429, 'rate_limited');
    expect(headerOf(openai, 'x-ratelimit-limit-requests')).toBe('1');
    expect(headerOf(openai, 'x-ratelimit-reset-requests')).toMatch(/^(?:1h0m0s|59m\d+s)$/);
    const gemini = await ask('/v1beta/models/gemini-3:generateContent');
    expectRefusal(gemini, 429, 'rate_limited');
    expect(JSON.parse(gemini.body.toString())).toMatchObject({ error: { status: 'RESOURCE_EXHAUSTED' } });
    expect(proxied.upstream.requests).toHaveLength(1);
    expect(await proxied.proxy.recent()).toMatchObject([
      ...[{ outcome: 'rejected_rate' }, { outcome: 'rejected_rate' }, { outcome: 'rejected_rate' }],
      { outcome: 'ok' },
    ]);
  });

  it('leaves its connection usable', async () => {
    await limited([rule({ per: 'model', match: 'claude-*', requests: perHour(1) })]);
    await ask();
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ body: messageBody }));
    expectRefusal(await client.response(), 429, 'rate_limited');
    await client.send(proxied.bytesOf({ body: '{"model":"other","messages":[]}' }));
    expect((await client.response()).status).toBe(200);
  });

  it('passes where the limit is in the shadow', async () => {
    await limited([rule({ requests: perHour(1), shadow: true })]);
    await ask();
    expect((await ask()).status).toBe(200);
    const metrics = await (await fetch(`${proxied.proxy.url}/metrics`)).text();
    expect(metrics).toContain('tokenpak_proxy_rate_limit_checked_total{limit="test",verdict="shadow"} 1');
  });

  it('is told from others by its provider', async () => {
    await limited([rule({ per: 'provider', match: 'openai', requests: perHour(1) })]);
    expect((await ask('/v1/chat/completions')).status).toBe(200);
    expect((await ask()).status).toBe(200);
    const attempt = ask('/v1/chat/completions');
    expectRefusal(await attempt, 429, 'rate_limited');
  });
});

describe('the place of a stream', () => {
  it('is free again when its client has left', async () => {
    await limited([rule({ concurrent: 1 })], async (connection) => {
      await connection.read();
      await connection.write(streamHead);
      await connection.ended;
    });
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ body: messageBody.replace('{', '{"stream":true,') }));
    await vi.waitFor(async () => expect(await inFlight()).toBe(1));
    expectRefusal(await ask(), 429, 'rate_limited');
    await client.reset();
    await vi.waitFor(async () => expect(await inFlight()).toBe(0));
  });

  it('is free again when the provider has failed', async () => {
    await limited([rule({ concurrent: 1 })], async (connection) => {
      await connection.read();
      await connection.write(streamHead);
      await connection.reset();
    });
    await proxied.ask({ body: messageBody.replace('{', '{"stream":true,') });
    await vi.waitFor(async () => expect(await inFlight()).toBe(0));
  });

  it('is free again when all is told', async () => {
    await limited([rule({ concurrent: 1 })]);
    for (let count = 0; count < 3; count++) expect((await ask()).status).toBe(200);
    expect(await inFlight()).toBe(0);
  });
});
