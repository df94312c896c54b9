import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { startProxy, type TestProxy } from './support/proxy.ts';

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Handler = (response: ServerResponse, seen: Seen) => void;

interface Provider {
  readonly url: string;
  readonly seen: Seen[];
  answer: Handler;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const message = (model: string): string =>
  JSON.stringify({ id: 'msg', type: 'message', model, usage: { input_tokens: 1, output_tokens: 1 }, content: [] });
const ok: Handler = (response, { body }) => {
  const { model } = JSON.parse(body) as { model: string };
  response.writeHead(200, { 'content-type': 'application/json' }).end(message(model));
};
const failing =
  (status: number, type = 'api_error', headers: Record<string, string> = {}): Handler =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ type: 'error', error: { type, message: 'no' } }));
const events = [
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":1}}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
];
const stream: Handler = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.join(''));
};

async function provider(answer: Handler = ok): Promise<Provider> {
  const seen: Seen[] = [];
  const it: Provider = { url: '', seen, answer };
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const asked = { path: request.url ?? '', headers: request.headers, body };
      seen.push(asked);
      it.answer(response, asked);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(it, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

interface World {
  readonly first: Provider;
  readonly second: Provider;
  readonly third: Provider;
  readonly proxy: TestProxy;
  readonly ask: (parts?: { readonly body?: object; readonly headers?: Record<string, string> }) => Promise<Response>;
}

/** Three providers behind one rule. @param rule what it says besides its targets */
async function world(rule = '', targets = '[anthropic, second, third]', env: NodeJS.ProcessEnv = {}): Promise<World> {
  const [first, second, third] = [await provider(), await provider(), await provider()];
  const own = (name: string, { url }: Provider): string =>
    `  ${name}: { baseUrl: '${url}', dialects: [anthropic-messages], apiKeyEnv: ${name.toUpperCase()}_KEY }`;
  const file = [
    'providers:',
    `  anthropic: { baseUrl: '${first.url}' }`,
    own('second', second),
    own('third', third),
    'routes:',
    `  - match: { model: 'claude-*' }`,
    `    targets: ${targets}`,
    ...(rule === '' ? [] : [`    ${rule}`]),
  ].join('\n');
  const keys = { ANTHROPIC_API_KEY: 'held-1', SECOND_KEY: 'held-2', THIRD_KEY: 'held-3' };
  const proxy = await startProxy({ file, env: { ...keys, ...env } });
  closing.push(proxy.close);
  return {
    ...{ first, second, third, proxy },
    ask: ({ body = {}, headers = {} } = {}) =>
      fetch(`${proxy.url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 5, messages: [], ...body }),
      }),
  };
}

const all = 'failoverOn: [connect, timeout, 429, 5xx, overloaded, contextLength, open]';
const counts = ({ first, second, third }: World): number[] => [first, second, third].map(({ seen }) => seen.length);

describe('a rule with several targets', () => {
  it('records no more of a model than the beginning of a name, and no access key', async () => {
    const here = await world();
    const key = `tpk_${'k'.repeat(43)}`;
    expect((await here.ask({ body: { model: `claude-${key} ${'x'.repeat(1_000_000)}` } })).status).toBe(200);
    await here.proxy.proxy.drain(0);
    const data = path.join(here.proxy.home, 'data');
    const kept = readdirSync(data).map((name) => readFileSync(path.join(data, name), 'utf8'));
    expect(kept.join('')).toContain('routes[0]');
    expect(kept.join('')).not.toContain(key);
    expect(kept.join('').length).toBeLessThan(20_000);
  });

  it('asks the first alone while that answers', async () => {
    const here = await world();
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('x-tokenpak-provider')]).toEqual([200, 'anthropic']);
    expect(counts(here)).toEqual([1, 0, 0]);
  });

  it.each([
    [500, 'api_error'],
    [503, 'api_error'],
    [529, 'overloaded_error'],
    [429, 'rate_limit_error'],
  ])('asks the next after %d, and tells who answered', async (status, type) => {
    const here = await world(all);
    here.first.answer = failing(status, type);
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('x-tokenpak-provider')]).toEqual([200, 'second']);
    expect(counts(here)).toEqual([1, 1, 0]);
    const [record] = await here.proxy.over(1);
    expect(record).toMatchObject({ provider: 'second', outcome: 'ok' });
    expect(record!.attempts).toMatchObject([
      { provider: 'anthropic', status, outcome: 'upstream_error', cost_usd: null },
      { provider: 'second', status: 200, outcome: 'ok' },
    ]);
  });

  it('asks the next where the first cannot be connected to, or breaks off', async () => {
    const here = await world();
    here.first.answer = (response) => response.socket?.destroy();
    expect((await here.ask()).headers.get('x-tokenpak-provider')).toBe('second');
    here.first.answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"half"', () => response.socket?.destroy());
    };
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('x-tokenpak-provider')]).toEqual([200, 'second']);
  });

  it('gives on what the first says where the rule does not name the cause', async () => {
    const here = await world();
    here.first.answer = failing(429, 'rate_limit_error', { 'retry-after': '7' });
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    here.first.answer = failing(400, 'invalid_request_error');
    expect((await here.ask()).status).toBe(400);
    expect(counts(here)).toEqual([2, 0, 0]);
  });

  it('tells an account that has nothing left from one that should be slower', async () => {
    const here = await world('failoverOn: [429]');
    const exhausted: Handler = (response) =>
      response
        .writeHead(429, { 'content-type': 'application/json' })
        .end('{"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"no"}}');
    here.first.answer = exhausted;
    const answer = await here.ask();
    expect([answer.status, await answer.text()]).toEqual([429, expect.stringContaining('insufficient_quota')]);
    here.first.answer = failing(429, 'rate_limit_error');
    expect((await here.ask()).status).toBe(200);
    const other = await world('failoverOn: [quota]');
    other.first.answer = exhausted;
    expect((await other.ask()).headers.get('x-tokenpak-provider')).toBe('second');
    expect((await other.proxy.over(1))[0]!.attempts[0]).toMatchObject({ cause: 'quota' });
  });

  it('asks no more than three times, and gives on the last answer', async () => {
    const here = await world(all);
    for (const each of [here.first, here.second, here.third]) each.answer = failing(500);
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('x-tokenpak-provider')]).toEqual([500, 'third']);
    expect(counts(here)).toEqual([1, 1, 1]);
  });

  it('goes on where a prompt is too long for the first', async () => {
    const here = await world(all);
    here.first.answer = (response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          type: 'error',
          error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
        }),
      );
    expect((await here.ask()).headers.get('x-tokenpak-provider')).toBe('second');
  });

  it("never sends the client's own credential to another provider", async () => {
    const here = await world();
    here.first.answer = failing(500);
    await here.ask({ headers: { 'x-api-key': 'mine', authorization: 'Bearer mine' } });
    expect(here.first.seen[0]!.headers).toMatchObject({ 'x-api-key': 'mine', authorization: 'Bearer mine' });
    expect(here.second.seen[0]!.headers).toMatchObject({ 'x-api-key': 'held-2' });
    expect(JSON.stringify(here.second.seen[0])).not.toContain('mine');
  });

  it('prices what another provider answered a plan’s client as what it is: not the plan’s', async () => {
    const here = await world();
    const plan = { headers: { authorization: 'Bearer sk-ant-oat01-plan' } };
    await here.ask(plan);
    here.first.answer = failing(500);
    await here.ask(plan);
    const [second, first] = await here.proxy.over(2);
    expect([first!.exactness, second!.exactness]).toEqual(['subscription', 'exact']);
  });

  it('passes over a target that it has no key for', async () => {
    const here = await world('', '[second, third]', { SECOND_KEY: undefined });
    // A loopback address needs no key: this one is asked all the same, without any.
    await here.ask();
    expect(here.second.seen[0]!.headers['x-api-key']).toBeUndefined();
  });

  it('is not asked by a request that names its provider', async () => {
    const here = await world();
    here.third.answer = failing(500);
    const answer = await here.ask({ headers: { 'x-tokenpak-provider': 'third' } });
    expect([answer.status, counts(here)]).toEqual([500, [0, 0, 1]]);
  });

  it('can ask for another model, in the body and in the record', async () => {
    const here = await world('', '[{ provider: second, model: claude-haiku-4-5 }]');
    await here.ask();
    expect(JSON.parse(here.second.seen[0]!.body)).toMatchObject({ model: 'claude-haiku-4-5' });
    expect((await here.proxy.over(1))[0]).toMatchObject({
      model: 'claude-haiku-4-5',
      asked_model: 'claude-sonnet-4-6',
      cost_usd: null,
    });
  });
});

describe('a rule for streams', () => {
  const streamed = { body: { stream: true } };

  it('goes on where no event comes in time, and closes what is late', async () => {
    const here = await world('firstTokenMs: 200');
    let isClosed: Promise<unknown> = Promise.resolve();
    here.first.answer = (response) => {
      isClosed = once(response, 'close');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': comments are no events\n\nevent: ping\ndata: {"type": "ping"}\n\n');
    };
    here.second.answer = stream;
    const answer = await here.ask(streamed);
    expect(answer.headers.get('x-tokenpak-provider')).toBe('second');
    expect(await answer.text()).toBe(events.join(''));
    await isClosed;
    const [record] = await here.proxy.over(1);
    expect(record!.attempts).toMatchObject([
      { provider: 'anthropic', status: 200, outcome: 'upstream_timeout' },
      { provider: 'second', outcome: 'ok' },
    ]);
  });

  it('goes on where no head comes in time', async () => {
    const here = await world('firstTokenMs: 200');
    here.first.answer = () => undefined;
    here.second.answer = stream;
    expect((await here.ask(streamed)).headers.get('x-tokenpak-provider')).toBe('second');
  });

  it('goes on where the first event is an error', async () => {
    const here = await world();
    here.first.answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n');
    };
    here.second.answer = stream;
    expect((await here.ask(streamed)).headers.get('x-tokenpak-provider')).toBe('second');
  });

  it('stays where it is once the client has seen a byte', async () => {
    const here = await world();
    here.first.answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(events[0], () => response.socket?.destroy());
    };
    const answer = await here.ask(streamed);
    expect(answer.headers.get('x-tokenpak-provider')).toBe('anthropic');
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(counts(here)).toEqual([1, 0, 0]);
  });

  it('gives on every byte of a long one', async () => {
    const here = await world('firstTokenMs: 5000');
    const long = events[0] + 'data: {"type":"x","pad":"'.concat('y'.repeat(700_000), '"}\n\n') + events[1];
    here.first.answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(long);
    };
    expect(await (await here.ask(streamed)).text()).toBe(long);
  });
});

describe('the choice among targets', () => {
  it('keeps a session where it was, as long as that answers', async () => {
    const here = await world('sticky: session');
    const session = { headers: { 'x-tokenpak-session': 's-1' } };
    here.first.answer = failing(500);
    await here.ask(session);
    here.first.answer = ok;
    await here.ask(session);
    await here.ask({ headers: { 'x-tokenpak-session': 's-2' } });
    expect(counts(here)).toEqual([2, 2, 0]);
  });

  it('goes by what is in flight', async () => {
    const here = await world('choose: inFlight', '[anthropic, second]');
    let finish = (): void => undefined;
    here.first.answer = (response, seen) => (finish = () => ok(response, seen));
    const slow = here.ask();
    await expect.poll(() => here.first.seen.length).toBe(1);
    await here.ask();
    await here.ask();
    expect(counts(here)).toEqual([1, 2, 0]);
    finish();
    await slow;
  });

  it('goes by weight, and never to a weight of 0', async () => {
    const here = await world(
      'choose: weight',
      '[{ provider: anthropic, weight: 0 }, { provider: second, weight: 1 }, { provider: third, weight: 1 }]',
    );
    for (let index = 0; index < 40; index++) await here.ask();
    const [none, second, third] = counts(here) as [number, number, number];
    expect(none).toBe(0);
    expect(Math.min(second, third)).toBeGreaterThan(3);
  });
});

describe('an open circuit', () => {
  it('sends requests to the next target at once, and back when the first does well again', async () => {
    const here = await world();
    here.first.answer = failing(500);
    for (let index = 0; index < 8; index++) expect((await here.ask()).status).toBe(200);
    expect(counts(here)).toEqual([5, 8, 0]);
    const health = (await (await fetch(`${here.proxy.url}/health`)).json()) as Record<string, object>;
    expect(health['circuit_breakers']).toMatchObject({ anthropic: { state: 'open', last_failure: '500' } });
  });

  it('is a 503 with the shortest wait where all are open', async () => {
    const here = await world('', '[anthropic, second]');
    for (const each of [here.first, here.second]) each.answer = failing(500);
    for (let index = 0; index < 5; index++) await here.ask();
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('x-tokenpak-error')]).toEqual([503, 'circuit_open']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(counts(here)).toEqual([5, 5, 0]);
  });
});

describe('a provider with several keys', () => {
  it('uses the next one while the first is told to wait', async () => {
    const first = await provider();
    const proxy = await startProxy({
      file: `providers:\n  anthropic: { baseUrl: '${first.url}', moreKeyEnvs: [OTHER_KEY] }`,
      env: { ANTHROPIC_API_KEY: 'key-1', OTHER_KEY: 'key-2' },
    });
    closing.push(proxy.close);
    first.answer = (response, seen) =>
      seen.headers['x-api-key'] === 'key-1'
        ? failing(429, 'rate_limit_error', { 'retry-after': '60' })(response, seen)
        : ok(response, seen);
    const ask = (): Promise<Response> =>
      fetch(`${proxy.url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"model":"claude-sonnet-4-6","max_tokens":5,"messages":[]}',
      });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    expect(first.seen.map(({ headers }) => headers['x-api-key'])).toEqual(['key-1', 'key-2', 'key-2']);
  });
});
