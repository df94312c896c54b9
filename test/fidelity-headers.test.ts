import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  headerOf,
  jsonHeaders,
  message,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';

/** Status and header lines of what the provider answers next. */
let reply: { status: number; lines: readonly string[]; body: string };
let proxied: ProxiedUpstream;
beforeAll(async () => {
  proxied = await proxiedUpstream(async (connection) => {
    for (;;) {
      await connection.read();
      const lines = [`HTTP/1.1 ${reply.status} X`, ...reply.lines];
      await connection.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${reply.body}`, 'latin1'));
    }
  });
});
afterAll(async () => {
  await proxied.unharmed();
  await proxied.close();
});

const usual = ['Content-Type: application/json', `Content-Length: ${message.length}`];
const linesOf = ({ head }: { readonly head: string }): string[] => head.split('\r\n').slice(1);

/** What the provider was sent, without what a connection of its own brings. */
async function forwarded(...headers: string[]): Promise<string[]> {
  reply = { status: 200, lines: usual, body: message };
  await proxied.ask({ headers: [...jsonHeaders, ...headers], body: messageBody });
  const own = /^(?:host|connection|content-length): /;
  return linesOf(proxied.upstream.requests.at(-1)!)
    .filter((line) => !own.test(line))
    .slice(1);
}

/** What the client was answered. */
async function answered(status: number, lines: readonly string[], body = message): Promise<string[]> {
  reply = { status, lines: [...lines, `Content-Length: ${body.length}`], body };
  return linesOf(await proxied.ask({ body: messageBody }));
}

describe('a request’s headers', () => {
  it('keep their order, their spelling, their repetitions and every letter', async () => {
    const lines = [
      ...[
        'User-Agent: claude-cli/2.1 (external, cli)',
        'x-app: cli',
        'X-Stainless-Retry-Count: 0',
        'ANTHROPIC-VERSION: 2023-06-01',
      ],
      ...[
        'anthropic-beta: a',
        'anthropic-beta: b',
        'Anthropic-Beta: c,d',
        'session_id: s',
        'Accept: */*',
        'x-API-key: sk-1',
      ],
      ...[
        'OpenAI-Organization: org',
        'Idempotency-Key: "k"',
        'X-Latin: caf\xe9 \xa0\xff',
        'X-Punctuation: ;,=()<>@[]{}?/\\"',
      ],
      ...["!#$%&'*+-.^_`|~09: odd", 'Date: Mon, 23 Nov 2026 04:00:00 GMT', 'If-None-Match: W/"1"', 'Range: bytes=0-'],
    ];
    expect(await forwarded(...lines)).toEqual(lines);
  });

  it('are not added to', async () => {
    expect(await forwarded()).toEqual([]);
  });

  it.each([
    ['gzip, deflate, br, zstd', 'gzip, deflate, br'],
    ['zstd;q=1.0, gzip;q=0.5', 'gzip;q=0.5'],
    ['gzip,zstd,br', 'gzip,br'],
    ['identity', 'identity'],
    ['*', '*'],
    ['zstd', null],
  ])('accept encodings as the client does, less zstd: %s', async (accepted, expected) => {
    const lines = await forwarded(`Accept-Encoding: ${accepted}`);
    expect(lines).toEqual(expected === null ? [] : [`Accept-Encoding: ${expected}`]);
  });
});

describe('a reply’s headers', () => {
  const added = /^(?:x-tokenpak-request-id|x-tokenpak-provider|server-timing|Connection|Keep-Alive|Content-Length): /;

  it('keep their order, their spelling, their repetitions and every letter', async () => {
    const lines = [
      ...[
        'Content-Type: application/json; charset=utf-8',
        'request-id: req_1',
        'X-Request-ID: r',
        'x-should-retry: false',
      ],
      ...['Anthropic-Ratelimit-Unified-Status: allowed', 'anthropic-ratelimit-requests-remaining: 3', 'RETRY-AFTER: 7'],
      ...[
        'x-ratelimit-reset-tokens: 6m0s',
        'openai-processing-ms: 12',
        'cf-ray: 1-FRA',
        'Vary: a',
        'Vary: b',
        'vary: c',
      ],
      ...[
        'Date: Mon, 23 Nov 2026 04:00:00 GMT',
        'Server: cloudflare',
        'X-Latin: caf\xe9\xff',
        'ETag: W/"1"',
        'session_id: 1',
      ],
      ...[
        'Cache-Control: no-cache',
        'X-Accel-Buffering: no',
        'Strict-Transport-Security: max-age=1',
        'Via: 1.1 google',
      ],
    ];
    for (const status of [200, 201, 429, 529]) {
      expect((await answered(status, lines)).filter((line) => !added.test(line))).toEqual(lines);
    }
  });

  it('are added to only by ours and those of the connection', async () => {
    const names = (await answered(200, ['Content-Type: application/json'])).map((line) => line.split(':', 1)[0]);
    expect(names).toEqual([
      ...['Content-Type', 'Content-Length', 'x-tokenpak-request-id', 'x-tokenpak-provider', 'server-timing'],
      ...['Connection', 'Keep-Alive'],
    ]);
  });

  it('come without a body where there is none', async () => {
    for (const status of [204, 304]) {
      reply = { status, lines: ['ETag: "1"'], body: '' };
      const answer = await proxied.ask({ method: 'GET', path: '/v1/files/f', headers: [] });
      expect(answer).toMatchObject({ status, complete: true, body: Buffer.alloc(0) });
      expect(headerOf(answer, 'etag')).toBe('"1"');
    }
  });

  it('come alone to a HEAD request', async () => {
    reply = { status: 200, lines: usual, body: '' };
    const client = proxied.connect();
    await client.send(proxied.bytesOf({ method: 'HEAD', path: '/v1/models/m', headers: ['x-api-key: k'] }));
    const answer = await client.response({ toHead: true });
    expect(answer.status).toBe(200);
    expect(headerOf(answer, 'content-length')).toBe(String(message.length));
    expect(proxied.upstream.requests.at(-1)!.head).toMatch(/^HEAD \/v1\/models\/m HTTP\/1.1/);
  });
});

describe('a Chat stream of openai whose client did not ask for usage', () => {
  it('is as if it had not been asked for, but counted', async () => {
    const chunk = (rest: object): string =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', ...rest })}\n\n`;
    const text = chunk({ model: 'gpt-6.1-sol', choices: [{ index: 0, delta: { content: '"usage" €' } }], usage: null });
    const stop = chunk({
      model: 'gpt-6.1-sol',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      usage: null,
    });
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const last = chunk({ model: 'gpt-6.1-sol', choices: [], usage });
    const stream = Buffer.from(text + stop + last + 'data: [DONE]\n\n').toString('latin1');
    reply = {
      status: 200,
      lines: ['Content-Type: text/event-stream', `Content-Length: ${stream.length}`],
      body: stream,
    };
    const body = '{"model":"gpt-6.1-sol","stream":true,"messages":[],"n":1.0}';
    const answer = await proxied.ask({ path: '/v1/chat/completions', body });
    expect(proxied.upstream.requests.at(-1)!.body.toString()).toBe(
      body.replace('{', '{"stream_options":{"include_usage":true},'),
    );
    expect(answer.complete).toBe(true);
    expect(answer.body.toString()).toBe(`${text}${stop}data: [DONE]\n\n`);
    expect((await proxied.proxy.recent())[0]).toMatchObject({ exactness: 'exact', tokens: { input: 10, output: 5 } });
  });
});
