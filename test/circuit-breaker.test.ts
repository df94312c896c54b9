import { afterEach, describe, expect, it } from 'vitest';
import type { ProxyConfig } from '../src/proxy/config/config.ts';
import type { UpstreamConnection } from './support/fake-upstream.ts';
import type { TestProxyOptions } from './support/proxy.ts';
import { expectRefusal, headerOf } from './support/proxied-upstream.ts';
import {
  type Act,
  failingProvider,
  type FailingProvider,
  anthropic,
  dialects,
  gemini,
  neverAnswering,
  openai,
  openProvider,
  reply,
  saying,
  streaming,
  threshold,
} from './support/failing-provider.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function world(answer: Act, options?: TestProxyOptions): Promise<FailingProvider> {
  const here = await failingProvider(answer, options);
  closing.push(here.proxied.close);
  return here;
}

const html = ['<html>\n<b>Bad gateway</b> ü</html>', 'Content-Type: text/html; charset=UTF-8', 'CF-RAY: 1'] as const;
const date = (offsetMs: number): string => new Date(Date.now() + offsetMs).toUTCString();

describe('an error of a provider', () => {
  it.each([
    ['429 with its wait', 429, null, 'Retry-After: 7', 'x-should-retry: true'],
    ['429 with a date', 429, null, `Retry-After: ${date(60_000)}`],
    ['429 with a date that is over', 429, null, `Retry-After: ${date(-60_000)}`],
    ['429 with a wait of decades', 429, null, 'Retry-After: 1000000000'],
    ['429 with two waits', 429, null, 'Retry-After: 1', 'Retry-After: 9'],
    ['429 without a wait', 429, null, 'anthropic-ratelimit-requests-remaining: 0'],
    ['400', 400, null],
    ['401', 401, null, 'WWW-Authenticate: Bearer'],
    ['402', 402, null],
    ['403', 403, null],
    ['404', 404, null],
    ['409', 409, null],
    ['413', 413, null],
    ['422', 422, null, 'x-should-retry: false'],
    ['408', 408, '408'],
    ['500', 500, '5xx', 'request-id: req_1', 'X-Should-Retry: true'],
    ['502', 502, '5xx', 'Retry-After: 1'],
    ['503', 503, '5xx', 'Retry-After: 120'],
    ['504', 504, '5xx'],
  ] as [string, number, string | null, ...string[]][])(
    'passes as it came and counts as it should: %s',
    async (_, status, failureClass, ...headers) => {
      const here = await world(neverAnswering);
      for (const dialect of dialects) {
        const before = here.seen();
        here.upstream.answer = saying(reply(status, dialect.failed, ...headers));
        for (let n = 0; n < threshold; n++) {
          const answer = await here.ask(dialect);
          expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status, body: dialect.failed });
          expect(answer.head.split('\r\n')).toEqual(expect.arrayContaining([...headers]));
          expect(headerOf(answer, 'x-tokenpak-error')).toBeNull();
        }
        expect(here.seen() - before).toBe(threshold);
        const [record] = await here.proxied.proxy.recent();
        expect(record).toMatchObject({ status, outcome: 'upstream_error', cost_usd: 0 });
        expect(record!.attempts).toMatchObject([{ provider: dialect.provider, status, outcome: 'upstream_error' }]);
        expect(await here.metrics('tokenpak_circuit_failures_total', dialect.provider)).toEqual(
          failureClass === null ? {} : { [failureClass]: threshold },
        );
        const refuses = failureClass !== null;
        expect((await here.ask(dialect)).status).toBe(refuses ? 503 : status);
        expect(here.seen() - before).toBe(threshold + (refuses ? 0 : 1));
      }
      await here.proxied.unharmed();
    },
  );

  it.each([502, 503, 504])('may be a page of whatever stands before it, which passes too: %d', async (status) => {
    const here = await world(saying(reply(status, ...html)));
    for (const dialect of dialects) {
      const answer = await here.ask(dialect);
      expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status, body: html[0] });
      expect(answer.head.split('\r\n')).toEqual(expect.arrayContaining(html.slice(1)));
      expect(await here.circuit(dialect)).toMatchObject({ failures_in_window: 1, last_failure: String(status) });
    }
  });
});

describe('a provider that fails five times', () => {
  it.each(dialects)('is not asked a sixth time: $provider', async (dialect) => {
    const here = await world(saying(reply(500, dialect.failed)));
    for (let n = 0; n < threshold; n++) expect((await here.ask(dialect)).status).toBe(500);
    for (const stream of [false, true]) {
      const answer = await here.ask(dialect, dialect.model, stream);
      const said = expectRefusal(answer, 503, 'circuit_open');
      expect(said).toMatch(
        / is left alone for \d+ more seconds: it failed too often, and at last it answered with status 500/,
      );
      expect(said).toContain(dialect.provider);
      expect(JSON.parse(answer.body.toString())).toMatchObject(dialect.refused);
      expect(headerOf(answer, 'content-type')).toContain('application/json');
      const wait = Number(headerOf(answer, 'retry-after'));
      expect(wait).toBeGreaterThan(50);
      expect(wait).toBeLessThanOrEqual(66);
      expect(headerOf(answer, 'x-should-retry')).toBeNull();
      expect(headerOf(answer, 'x-tokenpak-provider')).toBe(dialect.provider);
    }
    expect(here.seen()).toBe(threshold);
    const records = await here.proxied.proxy.recent();
    expect(records.map(({ outcome }) => outcome)).toEqual([
      ...['rejected_circuit', 'rejected_circuit'],
      ...Array.from({ length: threshold }, () => 'upstream_error'),
    ]);
    expect(records[0]).toMatchObject({ status: 503, cost_usd: 0, attempts: [], provider: dialect.provider });
    const of = (name: string) => here.metrics(`tokenpak_circuit_${name}`, dialect.provider);
    expect(await of('state')).toEqual({ '': 2, [dialect.model]: 2 });
    expect(await of('rejected_total')).toEqual({ '': 2 });
    expect(await of('failures_total')).toEqual({ '5xx': threshold });
    expect(await of('transitions_total')).toEqual({
      'provider closed open failures': 1,
      'model closed open failures': 1,
    });
    await here.proxied.unharmed(threshold);
  });

  it('leaves the others alone', async () => {
    const here = await world(neverAnswering);
    await openProvider(here, anthropic);
    here.upstream.answer = saying(reply(200, openai.ok));
    expect((await here.ask(openai)).status).toBe(200);
    expect(await here.circuit(openai)).toMatchObject({ state: 'closed', failures_in_window: 0 });
  });

  it('keeps the connection of its client, who may ask another', async () => {
    const here = await world(neverAnswering);
    await openProvider(here, anthropic);
    here.upstream.answer = saying(reply(200, openai.ok));
    const client = here.proxied.connect();
    await client.send(here.proxied.bytesOf(here.parts(anthropic)));
    expectRefusal(await client.response(), 503, 'circuit_open');
    await client.send(here.proxied.bytesOf(here.parts(openai)));
    expect((await client.response()).status).toBe(200);
  });

  it('is asked on where it does well far more often', async () => {
    const here = await world(neverAnswering);
    for (let n = 0; n < 60; n++) {
      const fails = n % 10 === 9;
      here.upstream.answer = saying(fails ? reply(500, anthropic.failed) : reply(200, anthropic.ok));
      expect((await here.ask(anthropic)).status).toBe(fails ? 500 : 200);
    }
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'closed', failures_in_window: 6 });
  });

  it.each([
    ['resets its connections', (connection: UpstreamConnection) => connection.reset(), 502, 'upstream_unreachable'],
    ['speaks no HTTP', saying('SSH-2.0-x\r\n'), 502, 'upstream_protocol'],
    [
      'breaks off',
      saying('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{'),
      502,
      'upstream_truncated',
    ],
  ] as const)('counts as one that %s', async (_, act, status, code) => {
    const here = await world(act);
    for (let n = 0; n < threshold; n++) expectRefusal(await here.ask(anthropic), status, code);
    expectRefusal(await here.ask(anthropic), 503, 'circuit_open');
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'open', last_failure: code });
    expect(here.seen()).toBe(threshold);
  });
});

describe('one model of a provider', () => {
  it.each(dialects)('is left alone by itself where it is overloaded: $provider', async (dialect) => {
    const headers = ['x-should-retry: true', 'Retry-After: 3'];
    const here = await world(saying(reply(529, dialect.failed, ...headers)));
    for (let n = 0; n < threshold; n++) {
      const answer = await here.ask(dialect);
      expect([answer.status, answer.body.toString()]).toEqual([529, dialect.failed]);
      expect(answer.head.split('\r\n')).toEqual(expect.arrayContaining(headers));
    }
    const said = expectRefusal(await here.ask(dialect), 503, 'circuit_open');
    expect(said).toContain(`${dialect.model} of ${dialect.provider} is left alone`);
    here.upstream.answer = saying(reply(200, dialect.ok));
    expect((await here.ask(dialect, dialect.otherModel)).status).toBe(200);
    expect(await here.circuit(dialect)).toMatchObject({
      state: 'closed',
      models: { [dialect.model]: { state: 'open' } },
    });
    expect(await here.metrics('tokenpak_circuit_state', dialect.provider)).toEqual({ '': 0, [dialect.model]: 2 });
    await here.proxied.unharmed(threshold + 1);
  });

  it('is left alone by itself where another one does well', async () => {
    const here = await world(saying(reply(200, anthropic.ok)));
    expect((await here.ask(anthropic, anthropic.otherModel)).status).toBe(200);
    here.upstream.answer = saying(reply(500, anthropic.failed));
    for (let n = 0; n < threshold; n++) await here.ask(anthropic);
    expectRefusal(await here.ask(anthropic), 503, 'circuit_open');
    here.upstream.answer = saying(reply(200, anthropic.ok));
    expect((await here.ask(anthropic, anthropic.otherModel)).status).toBe(200);
    expect(await here.circuit(anthropic)).toMatchObject({
      state: 'closed',
      models: { [anthropic.model]: { state: 'open' } },
    });
  });
});

describe('what says nothing of a provider', () => {
  it('is a deadline that the user has made short', async () => {
    const here = await world(neverAnswering, { env: { TOKENPAK_REQUEST_TIMEOUT: '1' } });
    const answers = await Promise.all(Array.from({ length: threshold + 1 }, () => here.ask(anthropic)));
    for (const answer of answers) expectRefusal(answer, 504, 'upstream_timeout');
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'closed', failures_in_window: 0, models: {} });
    here.upstream.answer = saying(reply(200, anthropic.ok));
    expect((await here.ask(anthropic)).status).toBe(200);
  });

  it('is a client that leaves, before the answer or in its middle', async () => {
    const here = await world(neverAnswering);
    for (const stream of [false, true]) {
      here.upstream.answer = stream
        ? saying('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: ping\ndata: {"type":"ping"}\n\n')
        : neverAnswering;
      for (let n = 0; n < threshold; n++) {
        const before = here.seen();
        const client = here.proxied.connect();
        await client.send(here.proxied.bytesOf(here.parts(anthropic, anthropic.model, stream)));
        await expect.poll(() => here.seen()).toBe(before + 1);
        if (stream) await client.response({ toHead: true });
        await client.reset();
      }
    }
    const records = await here.proxied.proxy.over(2 * threshold);
    expect(records.every(({ outcome }) => outcome === 'client_abort')).toBe(true);
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'closed', failures_in_window: 0 });
  });

  it.each([
    [anthropic, 'invalid_request_error'],
    [anthropic, 'rate_limit_error'],
    [openai, 'insufficient_quota'],
    [gemini, 'RESOURCE_EXHAUSTED'],
  ])('is an error within a stream that is not its own: $provider, %s', async (dialect, type) => {
    const events = dialect.streamError(type);
    const here = await world(streaming(events));
    for (let n = 0; n <= threshold; n++) {
      const answer = await here.ask(dialect, dialect.model, true);
      expect([answer.status, answer.body.toString()]).toEqual([200, events]);
    }
    expect(await here.circuit(dialect)).toMatchObject({ state: 'closed', failures_in_window: 0 });
  });
});

describe('an error within a stream', () => {
  it.each([
    [anthropic, 'overloaded_error'],
    [anthropic, 'api_error'],
    [openai, 'server_error'],
    [gemini, 'UNAVAILABLE'],
  ])('passes as it came and counts: $provider, %s', async (dialect, type) => {
    const events = dialect.streamError(type);
    const here = await world(streaming(events));
    for (let n = 0; n < threshold; n++) {
      const answer = await here.ask(dialect, dialect.model, true);
      expect([answer.status, answer.body.toString()]).toEqual([200, events]);
    }
    expectRefusal(await here.ask(dialect, dialect.model, true), 503, 'circuit_open');
    const [, record] = await here.proxied.proxy.recent();
    expect(record).toMatchObject({ outcome: 'upstream_stream_error' });
    expect(await here.circuit(dialect)).toMatchObject({ state: 'open', last_failure: 'upstream_stream_error' });
    await here.proxied.unharmed(threshold);
  });
});

describe('a new configuration', () => {
  async function reloadable(): Promise<FailingProvider & { readonly config: () => ProxyConfig }> {
    let config: ProxyConfig | null = null;
    const here = await world(neverAnswering, { change: (read) => (config = read) });
    return { ...here, config: () => config! };
  }

  it('makes a provider that it changes start anew, and no other', async () => {
    const here = await reloadable();
    await openProvider(here, anthropic);
    await openProvider(here, openai);
    const config = here.config();
    const changed = { ...config.providers['anthropic']!, baseUrl: `${here.proxied.upstream.url}/v1` };
    await here.proxied.proxy.proxy.reload({ ...config, providers: { ...config.providers, anthropic: changed } });
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'closed', failures_in_window: 0 });
    expect(await here.circuit(openai)).toMatchObject({ state: 'open' });
    here.upstream.answer = saying(reply(200, anthropic.ok));
    expect((await here.ask(anthropic)).status).toBe(200);
    expectRefusal(await here.ask(openai), 503, 'circuit_open');
  });

  it('leaves all circuits as they are where it changes other things', async () => {
    const here = await reloadable();
    await openProvider(here, anthropic);
    const config = here.config();
    await here.proxied.proxy.proxy.reload({ ...config, breaker: { ...config.breaker, recoverySeconds: 300 } });
    const wait = (await here.circuit(anthropic)).retry_after_seconds;
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(66);
  });
});
