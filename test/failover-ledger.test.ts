import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type * as RegistryModule from '../src/proxy/access-keys/registry/index.ts';
import type { BudgetReport } from '../src/proxy/budgets/index.ts';
import {
  type Act,
  anthropic,
  behaviour,
  type Behaviour,
  holding,
  neverAnswering,
  reply,
  saying,
  streaming,
} from './support/failing-provider.ts';
import { canary } from './support/canaries.ts';
import { fakeUpstream, type FakeUpstream } from './support/fake-upstream.ts';
import { startProxy, type TestProxy } from './support/proxy.ts';
import { rawClient } from './support/raw-client.ts';

const registryModule = new URL('../dist/proxy/access-keys/registry/index.js', import.meta.url);
const registry = (await import(registryModule.href)) as typeof RegistryModule;

const model = 'claude-opus-5-5';
const message = JSON.stringify({
  ...{ id: 'msg', type: 'message', role: 'assistant', model, content: [] },
  usage: { input_tokens: 10, output_tokens: 5 },
});
const stream = [
  `event: message_start\ndata: {"type":"message_start","message":{"model":"${model}","usage":{"input_tokens":10,"output_tokens":1}}}\n\n`,
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
].join('');
/** 15 tokens at a ten-thousandth of a dollar each. */
const cost = 0.0015;

const directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-prices-'));
afterAll(() => rmSync(directory, { recursive: true }));
const pricesFile = path.join(directory, 'prices.json');
const even = '100';
writeFileSync(
  pricesFile,
  JSON.stringify({
    ...{ version: 1, as_of: '2026-11-01' },
    rows: ['anthropic', 'second', 'third'].map((provider) => ({
      ...{ provider, id: model, from: null, to: null },
      tiers: [{ above: 0, input: even, cache_read: even, cache_write: even, cache_write_1h: even, output: even }],
    })),
  }),
);

interface Provider {
  readonly upstream: FakeUpstream;
  readonly does: Behaviour;
}

interface World {
  readonly first: Provider;
  readonly second: Provider;
  readonly third: Provider;
  readonly proxy: TestProxy;
  readonly ask: (isStream?: boolean, headers?: Record<string, string>) => Promise<Response>;
  readonly bytesOf: (isStream?: boolean) => string;
  /** Fails unless nothing is held for any request any more. */
  readonly nothingHeld: () => Promise<void>;
  readonly spent: () => Promise<unknown>;
  /** The lines of the ledger about a request. */
  readonly linesOf: (id: string) => { readonly type: string; readonly [member: string]: unknown }[];
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function provider(answer: Act): Promise<Provider> {
  const does = behaviour(answer);
  const upstream = await fakeUpstream(does.script);
  closing.push(upstream.close);
  return { upstream, does };
}

/** Three providers behind one rule, each with one request at a time, and two budgets. */
async function world(
  answer: Act,
  targets = 'anthropic, second',
  { match = "model: 'claude-*'", env: more = {} }: { readonly match?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<World> {
  const [first, second, third] = [await provider(answer), await provider(good(false)), await provider(good(false))];
  const own = (name: string, { upstream: { url } }: Provider): string =>
    `  ${name}: { baseUrl: '${url}', dialects: [anthropic-messages], apiKeyEnv: ${name.toUpperCase()}_KEY }`;
  const file = [
    'providers:',
    `  anthropic: { baseUrl: '${first.upstream.url}' }`,
    ...[own('second', second), own('third', third)],
    'routes:',
    `  - { match: { ${match} }, targets: [${targets}], firstTokenMs: 300,`,
    '      failoverOn: [connect, timeout, 429, 5xx, overloaded, open] }',
    'limits: [{ name: each, per: provider, concurrent: 1 }]',
    'budgets:',
    '  - { name: dollars, per: all, usd: 10, window: day }',
    '  - { name: tokens, per: all, tokens: 100000, window: day }',
  ].join('\n');
  const env = { ANTHROPIC_API_KEY: 'held-1', SECOND_KEY: 'held-2', THIRD_KEY: 'held-3', ...more };
  const proxy = await startProxy({ file, env, change: (config) => ({ ...config, pricesFile }) });
  closing.push(proxy.close);
  const stats = async () =>
    (await (await fetch(`${proxy.url}/stats`)).json()) as {
      limits: { in_flight: number }[];
      budgets: BudgetReport[];
    };
  return {
    ...{ first, second, third, proxy },
    ask: (isStream = false, headers = {}) =>
      fetch(`${proxy.url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: anthropic.bodyOf(model, isStream),
      }),
    bytesOf(isStream = false) {
      const body = anthropic.bodyOf(model, isStream);
      const head = ['POST /v1/messages HTTP/1.1', `Host: 127.0.0.1:${proxy.port}`, 'Content-Type: application/json'];
      return [...head, `Content-Length: ${body.length}`, '', body].join('\r\n');
    },
    async nothingHeld() {
      await vi.waitFor(async () => {
        expect(await (await fetch(`${proxy.url}/health`)).json()).toMatchObject({ in_flight_requests: 0 });
      });
      const { limits, budgets } = await stats();
      expect(limits.map(({ in_flight: inFlight }) => inFlight)).toEqual([0]);
      expect(budgets.flatMap(({ accounts }) => accounts.map(({ reserved }) => reserved))).toEqual([0, 0]);
    },
    async spent() {
      const { budgets } = await stats();
      return Object.fromEntries(budgets.map(({ name, accounts }) => [name, accounts[0]?.spent]));
    },
    linesOf(id) {
      const data = path.join(proxy.home, 'data');
      const names = readdirSync(data).filter((name) => name.endsWith('.jsonl'));
      const lines = names.flatMap((name) => readFileSync(path.join(data, name), 'utf8').split('\n').filter(Boolean));
      return lines.filter((line) => line.includes(`"id":"${id}"`)).map((line) => JSON.parse(line) as { type: string });
    },
  };
}

/** What `tokenpak keys create` does, without its process. */
async function createKey({ home, proxy }: TestProxy, name: string): Promise<string> {
  const clock = { wall: Date.now, after: (ms: number, run: () => void) => void setTimeout(run, ms) as never };
  const settings = { count: 1, expires: null, models: null, limits: null, budgets: [], project: null, agent: null };
  const { keys } = await registry.changeRegistry(
    registry.registryPath(path.join(home, 'data')),
    (before) => registry.createKeys(before, { ...settings, name }, Date.now()),
    clock,
  );
  expect(await proxy.change({ kind: 'registry' })).toBeNull();
  return keys[0]!;
}

const good = (isStream: boolean): Act => (isStream ? streaming(stream) : saying(reply(200, message)));

interface Case {
  readonly name: string;
  readonly act: Act;
  readonly stream?: true;
  readonly attempt: object;
  /** What the breaker counts it as. */
  readonly failures: Record<string, number>;
  /** Its connection serves the next request too. */
  readonly reused: boolean;
}

const head = (type: string, length = ''): string => `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${length}\r\n`;
const cases: readonly Case[] = [
  {
    ...{ name: 'answers 500', act: saying(reply(500, anthropic.failed)), reused: true },
    attempt: { status: 500, outcome: 'upstream_error', cause: '5xx' },
    failures: { '5xx': 1 },
  },
  {
    ...{ name: 'answers 500 and never ends it', reused: false },
    act: saying('HTTP/1.1 500 X\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'),
    attempt: { status: 500, outcome: 'upstream_error', cause: '5xx' },
    failures: { '5xx': 1 },
  },
  {
    ...{ name: 'is overloaded', act: saying(reply(529, anthropic.failed)), reused: true },
    attempt: { status: 529, outcome: 'upstream_error', cause: 'overloaded' },
    failures: { '5xx': 1 },
  },
  {
    ...{ name: 'asks for patience', act: saying(reply(429, anthropic.failed)), reused: true },
    attempt: { status: 429, outcome: 'upstream_error', cause: '429' },
    failures: {},
  },
  {
    ...{ name: 'breaks off', reused: false },
    act: async (connection) => {
      await connection.write(`${head('application/json', 'Content-Length: 99\r\n')}{`);
      connection.end();
    },
    attempt: { status: 200, outcome: 'upstream_truncated', cause: '5xx' },
    failures: { upstream_truncated: 1 },
  },
  {
    ...{ name: 'resets', act: (connection) => connection.reset(), reused: false },
    attempt: { status: null, outcome: 'upstream_unreachable', cause: 'connect' },
    failures: { upstream_unreachable: 1 },
  },
  {
    ...{ name: 'says nothing in time', act: neverAnswering, stream: true, reused: false },
    attempt: { status: null, outcome: 'upstream_timeout', cause: 'timeout' },
    failures: {},
  },
  {
    ...{ name: 'sends no event in time', stream: true, reused: false },
    act: saying(`${head('text/event-stream')}: wait\n\n`),
    attempt: { status: 200, outcome: 'upstream_timeout', cause: 'timeout' },
    failures: {},
  },
  {
    ...{ name: 'begins with an error of its own', stream: true, reused: true },
    act: streaming(anthropic.streamError('overloaded_error')),
    attempt: { status: 200, outcome: 'upstream_stream_error', cause: 'overloaded' },
    failures: { upstream_stream_error: 1 },
  },
  {
    ...{ name: 'begins with an error that asks for patience', stream: true, reused: true },
    act: streaming(anthropic.streamError('rate_limit_error')),
    attempt: { status: 200, outcome: 'upstream_stream_error', cause: '429' },
    failures: {},
  },
];

async function failuresOf(proxy: TestProxy, name: string): Promise<Record<string, number>> {
  const lines = (await (await fetch(`${proxy.url}/metrics`)).text()).split('\n');
  const own = lines.filter((line) => line.startsWith(`tokenpak_circuit_failures_total{provider="${name}"`));
  return Object.fromEntries(
    own.map((line) => [/class="([^"]*)"/.exec(line)![1], Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('a request whose first target fails', () => {
  it.each(cases)('is written down and paid for once: it $name', async ({ act, stream: isStream = false, ...of }) => {
    const here = await world(act);
    here.second.does.answer = good(isStream);
    const answer = await here.ask(isStream);
    expect([answer.status, await answer.text()]).toEqual([200, isStream ? stream : message]);
    expect(answer.headers.get('x-tokenpak-provider')).toBe('second');
    const id = answer.headers.get('x-tokenpak-request-id')!;
    await here.nothingHeld();

    const [record] = await here.proxy.over(1);
    expect(record).toMatchObject({ id, provider: 'second', outcome: 'ok', status: 200, cost_usd: cost });
    expect(record!.attempts).toMatchObject([
      { provider: 'anthropic', cost_usd: null, ms: expect.any(Number), ...of.attempt },
      { provider: 'second', status: 200, outcome: 'ok', cost_usd: cost },
    ]);
    expect(await here.spent()).toEqual({ dollars: cost, tokens: 15 });
    expect(await failuresOf(here.proxy, 'anthropic')).toEqual(of.failures);
    expect(await failuresOf(here.proxy, 'second')).toEqual({});

    await vi.waitFor(() => expect(here.linesOf(id).map(({ type }) => type)).toEqual(['start', 'end']));
    const end = here.linesOf(id)[1]!;
    expect(end['request']).toMatchObject({ id, attempts: record!.attempts });
    expect(end['why']).toMatchObject({
      route: {
        rule: 'routes[0]',
        candidates: [
          ['anthropic', model, 'closed', false, 'tried'],
          ['second', model, 'closed', false, 'tried'],
        ],
      },
      budgets: [
        ['dollars all usd day', 'all', expect.any(String), cost * 1e12, 'hard', 'passed', expect.any(Number), 10e12],
        ['tokens all tokens day', 'all', expect.any(String), 15, 'hard', 'passed', expect.any(Number), 100_000],
      ],
    });

    expect((await here.ask(isStream)).status).toBe(200);
    await here.nothingHeld();
    expect(here.first.upstream.requests).toHaveLength(2);
    // Of a connection that is given up, undici makes another in advance.
    expect(here.first.upstream.connections() === 1).toBe(of.reused);
    await vi.waitFor(() => expect(here.first.upstream.ends).toHaveLength(of.reused ? 0 : 2));
  });

  it.each(cases)('holds nothing of it while the next one is asked: it $name', async ({ act, stream: isStream }) => {
    const here = await world(act);
    const held = holding(reply(200, message));
    here.second.does.answer = held.act;
    const answer = here.ask(isStream);
    await expect.poll(() => here.second.upstream.requests.length).toBe(1);
    // Only one at a time may be on its way to it.
    here.first.does.answer = good(false);
    expect((await here.ask(false, { 'x-tokenpak-provider': 'anthropic' })).status).toBe(200);
    expect((await here.ask(false, { 'x-tokenpak-provider': 'second' })).status).toBe(429);
    held.release();
    expect((await answer).status).toBe(200);
    await here.nothingHeld();
  });

  it('gives on the last answer where all fail, and charges nothing', async () => {
    const here = await world(saying(reply(500, anthropic.failed)));
    here.second.does.answer = saying(reply(503, anthropic.failed, 'Retry-After: 9'));
    const answer = await here.ask();
    expect([answer.status, await answer.text()]).toEqual([503, anthropic.failed]);
    expect(answer.headers.get('retry-after')).toBe('9');
    await here.nothingHeld();
    const [record] = await here.proxy.over(1);
    expect(record).toMatchObject({ provider: 'second', outcome: 'upstream_error', cost_usd: 0 });
    expect(await here.spent()).toEqual({ dollars: 0, tokens: 0 });
  });

  it('keeps the cause of its attempt where a limit of the user’s keeps the next target from being asked', async () => {
    const here = await world(saying(reply(500, anthropic.failed)), 'anthropic, second, third');
    const held = holding(reply(200, message));
    here.second.does.answer = held.act;
    const busy = here.ask(false, { 'x-tokenpak-provider': 'second' });
    await expect.poll(() => here.second.upstream.requests.length).toBe(1);
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('x-tokenpak-provider')]).toEqual([200, 'third']);
    const [record] = await here.proxy.over(1);
    expect(record!.attempts).toMatchObject([
      { provider: 'anthropic', cause: '5xx' },
      { provider: 'third', outcome: 'ok' },
    ]);
    held.release();
    await busy;
    await here.nothingHeld();
  });

  it('is not sent on once the client has seen a byte', async () => {
    const here = await world(async (connection) => {
      await connection.write(`${head('text/event-stream')}${stream.slice(0, stream.indexOf('\n\n') + 2)}`);
      await connection.reset();
    });
    const answer = await here.ask(true);
    expect(answer.headers.get('x-tokenpak-provider')).toBe('anthropic');
    await expect(answer.text()).rejects.toThrow('terminated');
    await here.nothingHeld();
    const [record] = await here.proxy.over(1);
    expect(record).toMatchObject({ outcome: 'upstream_truncated', attempts: [{ provider: 'anthropic' }] });
    expect(await failuresOf(here.proxy, 'anthropic')).toEqual({ upstream_truncated: 1 });
    expect(here.second.upstream.requests).toHaveLength(0);
  });
});

describe('a client that leaves', () => {
  it('while the second target is asked leaves nothing behind', async () => {
    const here = await world(saying(reply(500, anthropic.failed)));
    here.second.does.answer = neverAnswering;
    const client = rawClient(here.proxy.port);
    await client.send(here.bytesOf());
    await expect.poll(() => here.second.upstream.requests.length).toBe(1);
    await client.reset();
    const [record] = await here.proxy.over(1);
    expect(record).toMatchObject({
      outcome: 'client_abort',
      attempts: [
        { provider: 'anthropic', outcome: 'upstream_error', cause: '5xx' },
        { provider: 'second', outcome: 'client_abort' },
      ],
    });
    await here.nothingHeld();
    await vi.waitFor(() => expect(here.second.upstream.ends).toMatchObject([{ by: 'client' }]));
    expect(await failuresOf(here.proxy, 'second')).toEqual({});
  });

  it('while the first event is awaited has nobody else asked', async () => {
    const here = await world(saying(`${head('text/event-stream')}: wait\n\n`));
    const client = rawClient(here.proxy.port);
    await client.send(here.bytesOf(true));
    await expect.poll(() => here.first.upstream.requests.length).toBe(1);
    await client.reset();
    const [record] = await here.proxy.over(1);
    expect(record).toMatchObject({ outcome: 'client_abort', attempts: [{ provider: 'anthropic' }] });
    await here.nothingHeld();
    await vi.waitFor(() => expect(here.first.upstream.ends).toMatchObject([{ by: 'client' }]));
    expect(here.second.upstream.requests).toHaveLength(0);
    expect(await failuresOf(here.proxy, 'anthropic')).toEqual({});
  });
});

describe('targets whose circuits are all open', () => {
  it('are not asked, and the shortest wait is told', async () => {
    const here = await world(saying(reply(500, anthropic.failed)));
    for (const name of ['second', 'anthropic']) {
      const { does } = name === 'second' ? here.second : here.first;
      does.answer = saying(reply(500, anthropic.failed));
      for (let n = 0; n < 5; n++) await here.ask(false, { 'x-tokenpak-provider': name });
    }
    const before = [here.first, here.second].map(({ upstream }) => upstream.requests.length);
    expect(before).toEqual([5, 5]);
    const answer = await here.ask();
    expect([answer.status, answer.headers.get('x-tokenpak-error')]).toEqual([503, 'circuit_open']);
    const health = (await (await fetch(`${here.proxy.url}/health`)).json()) as {
      circuit_breakers: Record<string, { retry_after_seconds: number }>;
    };
    const waits = ['anthropic', 'second'].map((name) => health.circuit_breakers[name]!.retry_after_seconds);
    // A model's circuit opens with its provider's, for a time of its own that is up to a tenth longer.
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(Math.min(...waits));
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(66);
    const [record] = await here.proxy.recent();
    expect(record).toMatchObject({ outcome: 'rejected_circuit', attempts: [], cost_usd: 0 });
    await here.nothingHeld();
    expect([here.first, here.second].map(({ upstream }) => upstream.requests.length)).toEqual(before);
  });
});

describe('a rule for access keys', () => {
  const own = `sk-ant-${canary()}`;
  const text = ({ upstream }: Provider): string => upstream.requests.map(({ head: of }) => of).join('\n');

  async function keyed(): Promise<World & { readonly ci: string; readonly other: string }> {
    const here = await world(saying(reply(500, anthropic.failed)), 'second, third', { match: "key: 'ci*'" });
    here.second.does.answer = saying(reply(500, anthropic.failed));
    const [ci, other] = [await createKey(here.proxy, 'ci-main'), await createKey(here.proxy, 'other')];
    return { ...here, ci, other };
  }

  it.each([
    ['as a bearer token', (key: string) => ({ authorization: `Bearer ${key}` }), 'held-2', 'held-3'],
    [
      'beside a credential of its own',
      (key: string) => ({ 'x-tokenpak-key': key, 'x-api-key': own }),
      'held-2',
      'held-3',
    ],
  ])('fits its name, and shows the key to nobody: %s', async (_, headersOf, ...helds) => {
    const here = await keyed();
    const answer = await here.ask(false, headersOf(here.ci));
    expect([answer.status, answer.headers.get('x-tokenpak-provider')]).toEqual([200, 'third']);
    const asked = [here.second, here.third].map(text);
    helds.forEach((held, index) => expect(asked[index]).toContain(held));
    for (const secret of [here.ci, own]) expect(asked.some((head) => head.includes(secret))).toBe(false);
    expect(here.first.upstream.requests).toHaveLength(0);
    await here.nothingHeld();
  });

  it('is not for other keys, nor for requests without one', async () => {
    const here = await keyed();
    expect((await here.ask(false, { authorization: `Bearer ${here.other}` })).status).toBe(500);
    expect((await here.ask(false, { 'x-api-key': own })).status).toBe(500);
    expect(here.first.upstream.requests).toHaveLength(2);
    expect(text(here.first)).not.toContain(here.other);
    expect([here.second, here.third].map(({ upstream }) => upstream.requests.length)).toEqual([0, 0]);
  });

  it('leaves the client’s own credential with the provider that it is for', async () => {
    const here = await world(saying(reply(500, anthropic.failed)), 'anthropic, second', {
      match: "key: 'ci*'",
      env: { ANTHROPIC_API_KEY: undefined },
    });
    const ci = await createKey(here.proxy, 'ci-main');
    const answer = await here.ask(false, { 'x-tokenpak-key': ci, 'x-api-key': own });
    expect([answer.status, answer.headers.get('x-tokenpak-provider')]).toEqual([200, 'second']);
    expect(text(here.first)).toContain(own);
    expect(text(here.second)).toContain('held-2');
    expect(text(here.second)).not.toContain(own);
    for (const each of [here.first, here.second]) expect(text(each)).not.toContain(ci);
  });
});
