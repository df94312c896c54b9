import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type * as RegistryModule from '../src/proxy/access-keys/registry/index.ts';
import { canary, leaked, textUnder } from './support/canaries.ts';
import {
  expectRefusal,
  jsonHeaders,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
  type RequestParts,
} from './support/proxied-upstream.ts';

const dist = new URL('../dist/proxy/access-keys/registry/index.js', import.meta.url);
const registry = (await import(dist.href)) as typeof RegistryModule;
const clock = { wall: Date.now, after: (ms: number, run: () => void) => void setTimeout(run, ms) as never };

const held = {
  ANTHROPIC_API_KEY: `sk-ant-${canary()}`,
  OPENAI_API_KEY: `sk-${canary()}`,
  GEMINI_API_KEY: `AIza${canary()}`,
};
const settings = { count: 1, expires: null, models: null, limits: null, budgets: [], project: null, agent: null };
const geminiPath = '/v1beta/models/gemini-3-flash:generateContent';
const geminiBody = '{"contents":[]}';

/** What `tokenpak keys` does, without its process. */
function keysOf(proxied: ProxiedUpstream) {
  const file = registry.registryPath(path.join(proxied.proxy.home, 'data'));
  const told = async (): Promise<void> => {
    expect(await proxied.proxy.proxy.change({ kind: 'registry' })).toBeNull();
  };
  return {
    file,
    async create(name: string, more: object = {}): Promise<string> {
      const wanted = { ...settings, name, ...more };
      const { keys } = await registry.changeRegistry(
        file,
        (before) => registry.createKeys(before, wanted, Date.now()),
        clock,
      );
      await told();
      return keys[0]!;
    },
    async revoke(name: string): Promise<void> {
      await registry.changeRegistry(
        file,
        (before) => ({ registry: registry.revokeKeys(before, name, Date.now()) }),
        clock,
      );
      await told();
    },
    async rotate(name: string, graceMs: number): Promise<string> {
      const rotation = { graceMs, now: Date.now() };
      const change = (before: RegistryModule.Registry) => registry.rotateKey(before, name, rotation);
      const { keys } = await registry.changeRegistry(file, change, clock);
      await told();
      return keys[0]!;
    },
  };
}

const json = jsonHeaders[0]!;
const asked = (...headers: string[]): RequestParts => ({ headers: [json, ...headers], body: messageBody });
const escaped = (text: string): string => text.replace(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/** Every place that a client can put a key in, with what the provider has to get. */
const places: readonly (readonly [string, (key: string) => RequestParts, string])[] = [
  ['Authorization', (key) => asked(`Authorization: Bearer ${key}`), held.ANTHROPIC_API_KEY],
  ['Authorization in other spellings', (key) => asked(`AUTHORIZATION: bEARER   ${key}  `), held.ANTHROPIC_API_KEY],
  ['Authorization without a scheme', (key) => asked(`Authorization: ${key}`), held.ANTHROPIC_API_KEY],
  [
    'Authorization as the password of a URL',
    (key) => asked(`Authorization: Basic ${Buffer.from(`me:${key}`).toString('base64')}`),
    held.ANTHROPIC_API_KEY,
  ],
  ['x-api-key', (key) => asked(`x-api-key: ${key}`), held.ANTHROPIC_API_KEY],
  [
    'x-goog-api-key',
    (key) => ({ path: geminiPath, headers: [json, `X-Goog-Api-Key: ${key}`], body: geminiBody }),
    held.GEMINI_API_KEY,
  ],
  [
    'the query',
    (key) => ({ path: `${geminiPath}?alt=json&key=${key}`, headers: [json], body: geminiBody }),
    held.GEMINI_API_KEY,
  ],
  [
    'the query, escaped',
    (key) => ({ path: `${geminiPath}?k%65y=${escaped(key)}`, headers: [json], body: geminiBody }),
    held.GEMINI_API_KEY,
  ],
  [
    'the query of a provider without such keys',
    (key) => ({ path: `/anthropic/v1/messages?key=${key}`, headers: [json], body: messageBody }),
    held.ANTHROPIC_API_KEY,
  ],
  ['x-tokenpak-key', (key) => asked(`x-tokenpak-key: ${key}`), held.ANTHROPIC_API_KEY],
  ['the path', (key) => ({ path: `/ak/${key}/v1/messages`, body: messageBody }), held.ANTHROPIC_API_KEY],
  [
    'the path, escaped',
    (key) => ({ path: `/%61k/${escaped(key)}/messages`, body: messageBody }),
    held.ANTHROPIC_API_KEY,
  ],
  [
    'the path, before project and provider',
    (key) => ({ path: `/ak/${key}/p/shop/anthropic/v1/messages`, body: messageBody }),
    held.ANTHROPIC_API_KEY,
  ],
  [
    'the path, behind project and provider',
    (key) => ({ path: `/anthropic/p/shop/ak/${key}/v1/models`, method: 'GET' }),
    held.ANTHROPIC_API_KEY,
  ],
  [
    'several places at once',
    (key) => ({
      path: `/ak/${key}/v1/messages?key=${key}`,
      headers: [json, `x-api-key: ${key}`, `Authorization: Bearer ${key}`, `x-tokenpak-key: ${key}`],
      body: messageBody,
    }),
    held.ANTHROPIC_API_KEY,
  ],
  [
    'the path of another dialect',
    (key) => ({ path: `/ak/${key}/v1/chat/completions`, body: messageBody }),
    held.OPENAI_API_KEY,
  ],
  [
    'a header where none is read, beside one where it is',
    (key) => asked(`X-Custom: a ${key} b`, `User-Agent: ${key}`, `x-tokenpak-project: ${key}`, `x-api-key: ${key}`),
    held.ANTHROPIC_API_KEY,
  ],
];

/** Places where no key is read, and nothing is forwarded either. */
const misplaced: readonly (readonly [string, (key: string) => RequestParts])[] = [
  ['another parameter of the query', (key) => ({ path: `/v1/messages?api_key=${key}`, body: messageBody })],
  ['the path of a provider', (key) => ({ path: `/anthropic/v1/other/${key}`, method: 'GET', headers: [] })],
  ['the path of a file, escaped', (key) => ({ path: `/v1/files/${escaped(key)}`, method: 'GET', headers: [] })],
  ['the place of a project', (key) => ({ path: `/p/${key}/v1/messages`, body: messageBody })],
  ['the path twice', (key) => ({ path: `/ak/${key}/ak/${key}/v1/messages`, body: messageBody })],
  ['an unknown path', (key) => ({ path: `/${key}/v1/messages`, body: messageBody })],
];

describe('an access key', () => {
  let proxied: ProxiedUpstream;
  let keys: ReturnType<typeof keysOf>;
  let key = '';
  const secrets: Record<string, string> = {};
  let answers = '';
  beforeAll(async () => {
    proxied = await proxiedUpstream(undefined, { env: { ...held } });
    keys = keysOf(proxied);
    key = await keys.create('ci', { project: 'shop', agent: 'robot' });
    secrets.known = key;
    secrets.unknown = `tpk_${canary()}_${canary()}`.slice(0, 47);
  });
  afterAll(() => proxied.close());

  const sent = (): string => proxied.upstream.requests.at(-1)?.head ?? '';
  const ask = async (parts: RequestParts) => {
    const answer = await proxied.ask(parts);
    answers += `${answer.head}\n${answer.body.toString()}\n`;
    return answer;
  };

  it.each(places)('in %s lets a request in, which gets the provider’s own key', async (_, partsOf, credential) => {
    const before = proxied.upstream.requests.length;
    const answer = await ask(partsOf(key));
    expect({ status: answer.status, body: answer.status === 200 ? '' : answer.body.toString() }).toEqual({
      status: 200,
      body: '',
    });
    expect(proxied.upstream.requests).toHaveLength(before + 1);
    expect(sent()).toContain(credential);
    expect(leaked(secrets, sent())).toEqual([]);
    expect(sent()).not.toContain('tokenpak');
  });

  it.each(places)('that is not known is refused in %s, and goes nowhere', async (_, partsOf) => {
    const before = proxied.upstream.requests.length;
    const message = expectRefusal(await ask(partsOf(secrets.unknown!)), 401, 'unauthorized');
    expect(message).toBe('the access key is not known, or no longer valid');
    expect(proxied.upstream.requests).toHaveLength(before);
  });

  it.each(misplaced)('is not forwarded where it stands in %s', async (_, partsOf) => {
    const before = proxied.upstream.requests.length;
    expect((await ask(partsOf(key))).status).toBeGreaterThanOrEqual(400);
    expect((await ask(partsOf(secrets.unknown!))).status).toBeGreaterThanOrEqual(400);
    expect(proxied.upstream.requests).toHaveLength(before);
  });

  it('beside another one is refused', async () => {
    const answer = await ask(asked(`x-api-key: ${key}`, `x-tokenpak-key: ${secrets.unknown}`));
    expectRefusal(answer, 400, 'invalid_request');
  });

  it('stands before a credential of the client’s own', async () => {
    await ask(asked(`x-tokenpak-key: ${key}`, 'x-api-key: sk-own'));
    expect(sent()).toContain(held.ANTHROPIC_API_KEY);
    expect(sent()).not.toContain('sk-own');
  });

  it('tells whose the request is', async () => {
    const { length } = await proxied.proxy.recent();
    await ask(asked(`x-api-key: ${key}`, 'User-Agent: curl/8', 'x-tokenpak-project: other'));
    const [last] = await proxied.proxy.over(length + 1);
    expect(last).toMatchObject({ key: 'ci', project: 'shop', agent: 'robot' });
  });

  it('is measured', async () => {
    const metrics = await (await fetch(`${proxied.proxy.url}/metrics`)).text();
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
    expect(value('tokenpak_proxy_auth_duration_seconds_count')).toBeGreaterThan(0);
    expect(value('tokenpak_auth_cache_hits_total{tier="lru"}')).toBeGreaterThan(0);
    expect(value('tokenpak_proxy_directive_resolve_duration_seconds_count')).toBeGreaterThan(0);
  });

  it('works no more at once when it is revoked, though it was in use', async () => {
    const passing = await keys.create('passing');
    expect((await ask(asked(`x-api-key: ${passing}`))).status).toBe(200);
    await keys.revoke('passing');
    expectRefusal(await ask(asked(`x-api-key: ${passing}`)), 401, 'unauthorized');
  });

  it('is replaced at once, or works a while longer', async () => {
    const first = await keys.create('turning');
    const second = await keys.rotate('turning', 0);
    expectRefusal(await ask(asked(`x-api-key: ${first}`)), 401, 'unauthorized');
    const third = await keys.rotate('turning', 3_600_000);
    expect((await ask(asked(`x-api-key: ${second}`))).status).toBe(200);
    expect((await ask(asked(`x-api-key: ${third}`))).status).toBe(200);
  });

  it('expires', async () => {
    const over = await keys.create('over', { expires: new Date(Date.now() - 1000).toISOString() });
    expectRefusal(await ask(asked(`x-api-key: ${over}`)), 401, 'unauthorized');
  });

  it('goes on working when the registry is damaged', async () => {
    const before = readFileSync(keys.file, 'utf8');
    writeFileSync(keys.file, `{"version":1,"keys":[{"name":"${secrets.known}`);
    const result = await proxied.proxy.proxy.change({ kind: 'registry' });
    expect(result).toContain('damaged');
    expect(proxied.proxy.logs.at(-1)).toContain('the access keys stay as they were');
    expect((await ask(asked(`x-api-key: ${key}`))).status).toBe(200);
    writeFileSync(keys.file, before);
    chmodSync(keys.file, 0o600);
  });

  it('stands nowhere: in no answer, log line, file, record, trace or metric', async () => {
    const { url, home, logs } = proxied.proxy;
    const read = async (where: string): Promise<string> => (await fetch(url + where)).text();
    const { traces } = JSON.parse(await read('/traces?limit=200')) as { traces: { id: string }[] };
    const where = ['/', '/health', '/stats', '/stats/last', '/recent?limit=500', '/metrics', '/traces'];
    const told = await Promise.all([...where, ...traces.map(({ id }) => `/trace/${id}`)].map(read));
    expect(told.join('\n')).toContain('"key":"ci"');
    const upstream = proxied.upstream.requests.map(({ head, body }) => `${head}\n${body.toString()}`).join('\n');
    await proxied.proxy.proxy.drain(0);
    const files = textUnder(home);
    expect(files).toContain('"key":"ci"');
    expect(leaked(secrets, [...told, ...logs, upstream, files, answers].join('\n'))).toEqual([]);
    expect([...told, ...logs, files].join('\n')).not.toMatch(/\/ak\/(?!KEY)/);
  });

  it.skipIf(process.platform === 'win32')('is kept as a digest, in a file that is the user’s alone', () => {
    expect(statSync(keys.file).mode & 0o777).toBe(0o600);
  });
});

describe('an access key for some models', () => {
  let proxied: ProxiedUpstream;
  let key = '';
  beforeAll(async () => {
    const change = <Config>(config: Config): Config => ({
      ...config,
      aliases: { fast: 'claude-haiku-4-5', big: 'gpt-6' },
    });
    proxied = await proxiedUpstream(undefined, { env: { ...held }, change });
    key = await keysOf(proxied).create('some', { models: ['claude-haiku-*', 'gemini-3-flash'] });
  });
  afterAll(() => proxied.close());

  const body = (model: string): string => `{"model":"${model}","messages":[]}`;
  const allowed: readonly (readonly [string, RequestParts])[] = [
    ['a model that it names', { body: body('claude-haiku-4-5') }],
    ['an alias of one', { body: body('fast') }],
    ['a list of models', { path: '/v1/models', method: 'GET', headers: [] }],
    ['a model in the path', { path: geminiPath, body: geminiBody }],
  ];
  const forbidden: readonly (readonly [string, RequestParts])[] = [
    ['another model', { body: body('claude-opus-5-5') }],
    ['an alias of another', { body: body('big') }],
    ['another model in the path', { path: '/v1beta/models/gemini-3-pro:generateContent', body: geminiBody }],
    ['another model in the body than in the path', { path: geminiPath, body: body('models/gemini-3-pro') }],
    ['a model that stands twice', { body: `{"model":"claude-opus-5-5",${body('claude-haiku-4-5').slice(1)}` }],
    ['a key that is written with escapes', { body: body('claude-haiku-4-5').replace('{', '{"mod\\u0065l":"gpt-6",') }],
    ['no model', { body: '{"messages":[]}' }],
    ['a batch', { path: '/v1/messages/batches', body: `{"requests":[{"params":${body('claude-haiku-4-5')}}]}` }],
    ['a file', { path: '/v1/files', headers: ['Content-Type: a/b'], body: 'x' }],
    ['audio', { path: '/v1/audio/speech', body: body('claude-haiku-4-5') }],
    ['a path that is not known', { path: '/gemini/v1/models/gemini-3-pro:generateContent', body: geminiBody }],
    ['a model’s deletion', { path: '/v1/models/claude-haiku-4-5', method: 'DELETE', headers: [] }],
    ['a body that cannot be read', { headers: [json, 'Content-Encoding: zstd'], body: body('claude-haiku-4-5') }],
  ];
  const withKey = (parts: RequestParts): RequestParts => ({
    ...parts,
    headers: [...(parts.headers ?? jsonHeaders), `x-tokenpak-key: ${key}`],
  });

  it.each(allowed)('allows %s', async (_, parts) => {
    expect((await proxied.ask(withKey(parts))).status).toBe(200);
  });

  it.each(forbidden)('forbids %s', async (_, parts) => {
    const before = proxied.upstream.requests.length;
    expectRefusal(await proxied.ask(withKey(parts)), 403, 'forbidden_model');
    expect(proxied.upstream.requests).toHaveLength(before);
  });
});

describe('a proxy that needs access keys', () => {
  let proxied: ProxiedUpstream;
  let key = '';
  beforeAll(async () => {
    const change = <Config>(config: Config): Config => ({ ...config, keys: 'required' });
    proxied = await proxiedUpstream(undefined, { env: {}, change });
    key = await keysOf(proxied).create('one');
  });
  afterAll(() => proxied.close());

  it('refuses a request without one, and says how to make one', async () => {
    const message = expectRefusal(await proxied.ask(asked('x-api-key: sk-own')), 401, 'unauthorized');
    expect(message).toContain('tokenpak keys create');
  });

  it('answers on its own endpoints all the same', async () => {
    expect((await proxied.ask({ path: '/health', method: 'GET', headers: [] })).status).toBe(200);
  });

  it('forwards the client’s own credential beside one where it holds none itself', async () => {
    expect((await proxied.ask(asked(`x-tokenpak-key: ${key}`, 'x-api-key: sk-own'))).status).toBe(200);
    expect(proxied.upstream.requests.at(-1)?.head).toContain('x-api-key: sk-own');
  });
});

describe('an exposed proxy', () => {
  let proxied: ProxiedUpstream;
  let key = '';
  beforeEach(async () => {
    const change = <Config extends { listen: object }>(config: Config): Config => ({
      ...config,
      listen: { ...config.listen, token: 'the-token' },
    });
    proxied = await proxiedUpstream(undefined, { env: { ...held }, change });
    key = await keysOf(proxied).create('far');
    return () => proxied.close();
  });

  it('takes an access key in the place of its token, wherever it stands', async () => {
    expectRefusal(await proxied.ask(asked()), 401, 'unauthorized');
    expectRefusal(await proxied.ask(asked('x-api-key: sk-own')), 401, 'unauthorized');
    expectRefusal(await proxied.ask({ path: '/stats', method: 'GET', headers: [] }), 401, 'unauthorized');
    expect((await proxied.ask(asked(`x-api-key: ${key}`))).status).toBe(200);
    expect((await proxied.ask({ path: `/ak/${key}/v1/messages`, body: messageBody })).status).toBe(200);
    expect((await proxied.ask(asked('x-tokenpak-key: the-token'))).status).toBe(200);
    expect((await proxied.ask({ path: '/stats', method: 'GET', headers: [`x-tokenpak-key: ${key}`] })).status).toBe(
      200,
    );
    expect(proxied.upstream.requests.map(({ head }) => head).join('')).not.toContain('the-token');
  });
});
