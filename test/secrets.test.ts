import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { canary, leaked, textUnder } from './support/canaries.ts';
import type { UpstreamConnection } from './support/fake-upstream.ts';
import { proxiedUpstream, type ProxiedUpstream, type RequestParts } from './support/proxied-upstream.ts';
import { streamFixtures } from './support/streams.ts';

const secrets = {
  ...{
    bearer: canary(),
    apiKey: canary(),
    googleKey: canary(),
    queryKey: canary(),
    cookie: canary(),
    proxyKey: canary(),
  },
  ...{ heldAnthropic: canary(), heldOpenai: canary(), heldGemini: canary() },
  ...{ prompt: canary(), system: canary(), tool: canary(), completion: canary(), file: canary(), header: canary() },
};
const env = {
  ANTHROPIC_API_KEY: `sk-ant-${secrets.heldAnthropic}`,
  OPENAI_API_KEY: `sk-${secrets.heldOpenai}`,
  GEMINI_API_KEY: secrets.heldGemini,
};
const everything = Object.values(secrets).join(' ');
const credentials = [
  ...[
    `Authorization: Bearer ${secrets.bearer}`,
    `x-api-key: sk-ant-${secrets.apiKey}`,
    `Cookie: session=${secrets.cookie}`,
  ],
  ...[`Proxy-Authorization: Basic ${secrets.proxyKey}`, `X-Custom: ${secrets.header}`],
];
const json = 'Content-Type: application/json';

function bodyOf(model: string): string {
  const tools = [{ name: 'read', description: secrets.tool, input_schema: { type: 'object' } }];
  const messages = [{ role: 'user', content: secrets.prompt }];
  return JSON.stringify({
    model,
    max_tokens: 9,
    stream: model.includes('stream'),
    system: secrets.system,
    tools,
    messages,
  });
}

const anthropic = streamFixtures[0]!;
const stream = anthropic.events.map((event) => event.replace('Grüße', `${secrets.completion} Grüße`));
const message = JSON.stringify({
  ...{ type: 'message', model: 'claude-opus-5-5', content: [{ type: 'text', text: secrets.completion }] },
  usage: { input_tokens: 10, output_tokens: 5 },
});
const echo = JSON.stringify({
  type: 'error',
  error: { type: 'authentication_error', message: `invalid: ${everything}` },
});
const head = (type: string, status = 200): string =>
  `HTTP/1.1 ${status} ${secrets.completion}\r\nContent-Type: ${type}\r\nSet-Cookie: a=${secrets.cookie}\r\nX-Echo: ${secrets.apiKey}\r\n`;
const whole = (body: string, status = 200): string =>
  `${head('application/json', status)}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** What the provider does, by the model that is asked for. */
const deeds: Record<string, (connection: UpstreamConnection) => Promise<unknown>> = {
  plain: (connection) => connection.write(whole(message)),
  error: (connection) => connection.write(whole(echo, 401)),
  fault: (connection) => connection.write(whole(everything, 500)),
  cut: (connection) => connection.write(whole(message).slice(0, -20)).then(() => connection.end()),
  page: (connection) => connection.write(`${head('text/html')}Content-Length: 5\r\n\r\n<p>ab`),
  redirect: (connection) =>
    connection.write(`HTTP/1.1 307 X\r\nLocation: http://evil.test/${secrets.completion}\r\nContent-Length: 0\r\n\r\n`),
  garbage: (connection) => connection.write(`${everything}\r\n\r\n`),
  reset: (connection) => connection.reset(),
  'stream-whole': (connection) =>
    connection.write(`${head('text/event-stream')}\r\n${stream.join('')}`).then(() => connection.end()),
  'stream-cut': (connection) =>
    connection.write(`${head('text/event-stream')}\r\n${stream.slice(0, 4).join('')}`).then(() => connection.end()),
  'stream-error': (connection) =>
    connection.write(`${head('text/event-stream')}\r\nevent: error\ndata: ${echo}\n\n`).then(() => connection.end()),
  'stream-left': (connection) => connection.write(`${head('text/event-stream')}\r\n${stream.slice(0, 4).join('')}`),
};

/** Requests that tokenpak refuses itself. */
const refused: readonly RequestParts[] = [
  { headers: [json, ...credentials], body: bodyOf('plain').slice(0, -9) },
  { headers: [json, ...credentials], body: everything },
  { headers: ['Content-Type: text/plain', ...credentials], body: everything },
  { headers: [json, 'Content-Encoding: gzip', ...credentials], body: gzipSync(everything) },
  {
    headers: [json, `Authorization: Bearer ${secrets.bearer}`, `Authorization: Bearer ${secrets.apiKey}`],
    body: bodyOf('plain'),
  },
  { headers: [json, `Origin: https://${secrets.header}.test`, ...credentials], body: bodyOf('plain') },
  { headers: [json, `Expect: ${secrets.header}`, ...credentials], body: bodyOf('plain') },
  { headers: [json, `X-Tokenpak-Provider: ${secrets.header}`, ...credentials], body: bodyOf('plain') },
  { path: `/v9/${secrets.prompt}?key=${secrets.queryKey}`, headers: [json, ...credentials], body: bodyOf('plain') },
  { path: `/${secrets.header}/v1/messages`, headers: [json, ...credentials], body: bodyOf('plain') },
  { path: `/v1beta/models/m:generateContent?key=a&key=${secrets.queryKey}`, headers: [json], body: bodyOf('plain') },
  { headers: [json, `X-Broken ${secrets.header}`, ...credentials], body: bodyOf('plain') },
  { headers: [json, `X-Large: ${secrets.header.repeat(3000)}`], body: bodyOf('plain') },
];

/** All that tokenpak's own endpoints tell. */
async function tellingsOf(url: string): Promise<string> {
  const read = async (where: string): Promise<string> => (await fetch(url + where)).text();
  const { traces } = JSON.parse(await read('/traces?limit=200')) as { traces: { id: string }[] };
  const all = [
    '/',
    '/health',
    '/health?deep=true',
    '/stats',
    '/stats/last',
    '/stats/session',
    '/recent?limit=500',
    '/metrics',
  ];
  const texts = await Promise.all([...all, '/traces', ...traces.map(({ id }) => `/trace/${id}`)].map(read));
  const events = (await fetch(`${url}/events`)).body!.getReader();
  const first = await events.read();
  await events.cancel();
  return [...texts, Buffer.from(first.value!).toString()].join('\n');
}

describe('the search for secrets', () => {
  it.each([
    ['plain', (secret: string) => secret],
    ['in part', (secret: string) => secret.slice(9, 21)],
    ['in base64, somewhere in it', (secret: string) => Buffer.from(`xx${secret}y`).toString('base64')],
    ['in hexadecimal', (secret: string) => Buffer.from(secret).toString('hex')],
    [
      'escaped for a URL',
      (secret: string) => secret.replace(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    ],
  ])('finds them %s', (_, form) => {
    expect(leaked(secrets, `…${form(secrets.prompt)}…`)).toEqual(['prompt']);
  });
});

describe('keys, prompts and completions', () => {
  let proxied: ProxiedUpstream;
  let answers = '';
  beforeAll(async () => {
    proxied = await proxiedUpstream(
      async (connection) => {
        for (;;) {
          const { body } = await connection.read();
          const { model = 'plain' } = JSON.parse(body.toString() || '{}') as { model?: string };
          await deeds[model]!(connection);
        }
      },
      { env: { ...env } },
    );
    for (const model of Object.keys(deeds)) await askFor(model);
    const gemini = `/v1beta/models/m:generateContent?key=${secrets.queryKey}`;
    await proxied.ask({ path: gemini, headers: [json, `x-goog-api-key: ${secrets.googleKey}`], body: bodyOf('plain') });
    await proxied.ask({ path: '/v1/messages?beta=true', body: bodyOf('error') });
    await proxied.ask({
      path: '/v1/files',
      headers: ['Content-Type: a/b', ...credentials],
      body: `{"a":"${secrets.file}"}`,
    });
    for (const parts of refused) answers += (await proxied.ask(parts)).body.toString();
    await proxied.unharmed();
  });
  afterAll(() => proxied.close());

  async function askFor(model: string): Promise<void> {
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ headers: [json, ...credentials], body: bodyOf(model) }));
    if (model !== 'stream-left') return void (await client.response());
    await vi.waitFor(() => expect(client.pending().length).toBeGreaterThan(0));
    await client.reset();
  }

  it('were all sent to the provider, each where it belongs', () => {
    const sent = proxied.upstream.requests.map((request) => `${request.head}\n${request.body.toString()}`).join('\n');
    // Those of the query, of other providers and of browsers stay here; so do held keys where the client brings its own.
    const expected = [
      'bearer',
      'apiKey',
      'googleKey',
      'queryKey',
      'heldAnthropic',
      'prompt',
      'system',
      'tool',
      'file',
      'header',
    ];
    expect(leaked(secrets, sent).toSorted()).toEqual(expected.toSorted());
  });

  it('stand in none of tokenpak’s own answers', async () => {
    expect(leaked(secrets, await tellingsOf(proxied.proxy.url))).toEqual([]);
  });

  it('stand in none of its refusals', () => {
    expect(answers.match(/"error"/g)!.length).toBeGreaterThanOrEqual(refused.length);
    expect(leaked(secrets, answers)).toEqual([]);
  });

  it('stand in none of its log lines', () => {
    expect(proxied.proxy.logs.length).toBeGreaterThan(0);
    expect(leaked(secrets, proxied.proxy.logs.join('\n'))).toEqual([]);
  });

  it('stand in none of its files', async () => {
    await proxied.proxy.proxy.drain(0);
    const text = textUnder(proxied.proxy.home);
    expect(text).toContain('claude-opus-5-5');
    expect(leaked(secrets, text)).toEqual([]);
  });
});
