import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { countEndRecords } from '../src/bench/accounting.ts';
import type * as RegistryModule from '../src/proxy/access-keys/registry/index.ts';
import type { ProxyConfig } from '../src/proxy/config/config.ts';
import type { LimitRule } from '../src/proxy/quota.ts';
import { fakeUpstream, type UpstreamScript } from './support/fake-upstream.ts';
import {
  jsonHeaders,
  message,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';
import { startProxy, withoutBreakers } from './support/proxy.ts';
import type { RawClient } from './support/raw-client.ts';

const dist = new URL('../dist/proxy/access-keys/registry/index.js', import.meta.url);
const registry = (await import(dist.href)) as typeof RegistryModule;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function start(script: UpstreamScript, change: (config: ProxyConfig) => ProxyConfig): Promise<ProxiedUpstream> {
  const proxied = await proxiedUpstream(script, { change });
  closing.push(proxied.close);
  return proxied;
}

const reply = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${message.length}\r\n\r\n${message}`;

/** A provider that answers when it is let, and tells how many requests it has at once. */
function patient(): { script: UpstreamScript; answerAll: () => void; now: () => number; most: () => number } {
  const waiting: (() => void)[] = [];
  let isLet = false;
  let now = 0;
  let most = 0;
  return {
    async script(connection) {
      for (;;) {
        await connection.read();
        most = Math.max(most, ++now);
        if (!isLet) await new Promise<void>((resolve) => waiting.push(resolve));
        now--;
        await connection.write(reply);
      }
    },
    answerAll() {
      isLet = true;
      for (const answer of waiting.splice(0)) answer();
    },
    now: () => now,
    most: () => most,
  };
}

interface Answer {
  readonly status: number;
  readonly code: string | null;
}

/** A client that keeps its connections, as the SDKs' do. */
function client(): (url: string, headers?: Record<string, string>) => Promise<Answer> {
  const dispatcher = new Agent({ connections: null });
  closing.push(() => dispatcher.close());
  return async (url, headers = {}) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } } as const;
    const answer = await request(`${url}/v1/messages`, { ...options, body: messageBody, dispatcher });
    await answer.body.dump();
    return { status: answer.statusCode, code: (answer.headers['x-tokenpak-error'] as string | undefined) ?? null };
  };
}

/** A new access key. */
async function keyOf({ proxy }: ProxiedUpstream, name: string): Promise<string> {
  const wanted = { name, ...{ count: 1, expires: null, models: null, limits: null, budgets: [] } };
  const none = { project: null, agent: null };
  const { keys } = await registry.changeRegistry(
    registry.registryPath(path.join(proxy.home, 'data')),
    (before) => registry.createKeys(before, { ...wanted, ...none }, Date.now()),
    { wall: Date.now, after: (ms: number, run: () => void) => void setTimeout(run, ms) as never },
  );
  expect(await proxy.proxy.change({ kind: 'registry' })).toBeNull();
  return keys[0]!;
}

function countsOf(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of answers) {
    const name = code === null ? String(status) : `${status} ${code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** How many requests the ledger says have ended. */
function endedInLedger(home: string): number {
  const dataDir = path.join(home, 'data');
  const names = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  return names.reduce((sum, name) => sum + countEndRecords(readFileSync(path.join(dataDir, name), 'utf8')), 0);
}

describe('a thousand requests at once to a slow provider', () => {
  it('fill the places and the queue, the others are told to come back, and each of them is in the ledger', async () => {
    const { script, answerAll, now, most } = patient();
    const capacity = { inFlight: 256, queue: 512, queueMs: 60_000, lagMs: 0 };
    const proxied = await start(script, (config) => ({ ...config, capacity: { ...config.capacity, ...capacity } }));
    const ask = client();
    const answers: Answer[] = [];
    const asked = Array.from({ length: 1000 }, async () => answers.push(await ask(proxied.proxy.url)));
    // All that will be refused are before anybody is answered: there were never more than the queue takes.
    await expect.poll(() => [answers.length, now()], { timeout: 30_000 }).toEqual([1000 - 256 - 512, 256]);
    expect(countsOf(answers)).toEqual({ '503 overloaded': 232 });
    answerAll();
    await Promise.all(asked);
    expect(countsOf(answers)).toEqual({ '200': 768, '503 overloaded': 232 });
    expect(most()).toBe(256);
    await proxied.unharmed(768);
    const { home, proxy } = proxied.proxy;
    expect(await proxy.drain(5000)).toEqual({ clean: true });
    expect(endedInLedger(home)).toBe(1000);
  }, 60_000);
});

describe('a provider that is down', () => {
  /** How often a connection to it was tried. */
  const attempts = async (url: string): Promise<number> => {
    const { requests } = (await (await fetch(`${url}/recent?limit=500`)).json()) as {
      requests: { attempts: unknown[] }[];
    };
    return requests.reduce((sum, request) => sum + request.attempts.length, 0);
  };

  /** Ends connections without an answer, as a proxy before dead servers does. */
  async function failing(env: NodeJS.ProcessEnv = {}) {
    const upstream = await fakeUpstream((connection) => connection.reset());
    const proxy = await startProxy({ upstreams: { anthropic: upstream.url }, env });
    closing.push(upstream.close, proxy.close);
    return { upstream, proxy };
  }

  /** Clients that each ask once and, while that fails, some times more. */
  async function retrying(url: string, clients: number, retries: number): Promise<Answer[]> {
    const ask = client();
    const answers: Answer[] = [];
    const insist = async (): Promise<void> => {
      for (let tried = 0; tried <= retries; tried++) answers.push(await ask(url));
    };
    await Promise.all(Array.from({ length: clients }, insist));
    return answers;
  }

  it.each([
    ['SDKs', 2],
    ['agents', 10],
  ])('is asked as often as its breaker takes to open, by 20 clients that retry like %s', async (_, retries) => {
    const { upstream, proxy } = await failing();
    // The first ones come one by one; those that are on their way when the breaker opens have been let in before.
    const first = await retrying(proxy.url, 1, 4);
    expect(first.map(({ status }) => status)).toEqual([502, 502, 502, 502, 502]);
    const before = upstream.connections();
    const rest = await retrying(proxy.url, 20, retries);
    expect(countsOf(rest)).toEqual({ '503 circuit_open': 20 * (retries + 1) });
    expect(upstream.connections()).toBe(before);
    // Each of them once, and one of them once more, which the budget of retries allows.
    expect(before).toBeLessThanOrEqual(6);
    expect(await attempts(proxy.url)).toBe(before);
  });

  it('sees of 20 clients at once no more than those that came before its breaker opened', async () => {
    const { upstream, proxy } = await failing();
    const answers = await retrying(proxy.url, 20, 10);
    expect(answers.filter(({ code }) => code === 'circuit_open').length).toBeGreaterThanOrEqual(20 * 10);
    expect(upstream.connections()).toBeLessThanOrEqual(20 * 1.2);
  });

  it.each([
    ['SDKs', 2],
    ['agents', 10],
  ])(
    'is asked at most 1.2 times for each request where there is no breaker, by clients like %s',
    async (_, retries) => {
      const { upstream, proxy } = await failing(withoutBreakers);
      const answers = await retrying(proxy.url, 20, retries);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
      expect(answers).toHaveLength(20 * (retries + 1));
      expect(upstream.connections()).toBeGreaterThanOrEqual(answers.length);
      expect(upstream.connections()).toBeLessThanOrEqual(answers.length * 1.2 + 1);
    },
  );
});

describe('a client that asks nine times as much as another', () => {
  it('is refused what its own limit does not allow, and the other is always answered', async () => {
    const { script, answerAll, now } = patient();
    const none = { requests: null, tokens: null, burst: null, match: null, shadow: false } as const;
    const limit: LimitRule = { name: 'fair', per: 'key', concurrent: 20, ...none };
    const proxied = await start(script, (config) => ({ ...config, limits: [limit] }));
    const ask = client();
    const [noisyKey, quietKey] = [await keyOf(proxied, 'noisy'), await keyOf(proxied, 'quiet')];
    const as = (key: string) => ask(proxied.proxy.url, { 'x-tokenpak-key': key });
    const noisy: Answer[] = [];
    const quiet: Answer[] = [];
    const noise = Array.from({ length: 180 }, async () => noisy.push(await as(noisyKey)));
    await expect.poll(() => [noisy.length, now()], { timeout: 30_000 }).toEqual([160, 20]);
    const others = Array.from({ length: 20 }, async () => quiet.push(await as(quietKey)));
    await expect.poll(now, { timeout: 30_000 }).toBe(40);
    answerAll();
    await Promise.all([...noise, ...others]);
    expect(countsOf(noisy)).toEqual({ '200': 20, '429 rate_limited': 160 });
    expect(countsOf(quiet)).toEqual({ '200': 20 });
    await proxied.unharmed(40);
  });
});

describe('a crowd of idle connections', () => {
  it('is thinned out at the limit, and requests on their way are not touched', async () => {
    const { script, answerAll } = patient();
    const proxied = await start(script, (config) => ({
      ...config,
      capacity: { ...config.capacity, connections: 128 },
    }));
    const bytes = proxied.bytesOf({ headers: jsonHeaders, body: messageBody });
    const livez = proxied.bytesOf({ method: 'GET', path: '/livez', headers: [] });
    const active = Array.from({ length: 20 }, () => proxied.connect());
    for (const connection of active) await connection.send(bytes);
    await expect.poll(() => proxied.upstream.requests.length, { timeout: 30_000 }).toBe(20);
    let closed = 0;
    const idle: RawClient[] = [];
    for (let count = 0; count < 400; count++) {
      const connection = proxied.connect();
      idle.push(connection);
      void connection.closed.then(() => closed++);
      await connection.send(livez);
      expect((await connection.response()).status).toBe(200);
    }
    await expect.poll(() => closed, { timeout: 30_000 }).toBeGreaterThanOrEqual(400 - (128 - 20));
    expect(closed).toBeLessThan(400);
    answerAll();
    for (const connection of active) {
      const answer = await connection.response();
      expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 200, body: message });
    }
    await Promise.all([...active, ...idle].map((connection) => connection.reset()));
    await proxied.unharmed(20);
  });
});
