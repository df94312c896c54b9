import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunked, cuts, cutUp, oddObject } from './support/pieces.ts';
import { message, proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';

let proxied: ProxiedUpstream;
beforeAll(async () => {
  proxied = await proxiedUpstream();
});
afterAll(async () => {
  await proxied.unharmed();
  await proxied.close();
});

const json = 'Content-Type: application/json';
const binary = 'Content-Type: application/octet-stream';
const paths = [
  ...['/v1/messages', '/v1/messages/count_tokens', '/v1/chat/completions', '/v1/responses', '/v1/embeddings'],
  ...['/v1/completions', '/v1beta/models/m:generateContent', '/anthropic/v1/messages', '/p/x/v1/messages', '/messages'],
];

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Sent {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  readonly framing: 'length' | 'chunks';
  /** Where chunks and writes end. */
  readonly shares: readonly number[];
}

/** Sends a body, cut up, and fails unless the provider got just these bytes. */
async function expectIdentical({ path, type, body, framing, shares }: Sent): Promise<void> {
  const framed = framing === 'length' ? body : chunked(cutUp(body, shares));
  const line = framing === 'length' ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked';
  const bytes = Buffer.concat([proxied.bytesOf({ path, headers: [type, line] }), framed]);
  const answer = await proxied.exchange(...cutUp(bytes, shares));
  expect(answer).toMatchObject({ status: 200, body: Buffer.from(message) });
  const received = proxied.upstream.requests.at(-1)!;
  expect(sha256(received.body)).toBe(sha256(body));
  expect(received.head).not.toMatch(
    /^content-length:[^]*^transfer-encoding:|^transfer-encoding:[^]*^content-length:/im,
  );
}

const framing = fc.constantFrom('length' as const, 'chunks' as const);

describe('a request body', () => {
  it('of JSON reaches the provider byte for byte, however odd and however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), oddObject, framing, cuts, async (path, document, how, shares) => {
        await expectIdentical({ path, type: json, body: Buffer.from(document), framing: how, shares });
      }),
      { numRuns: 150 },
    );
  });

  it('of anything reaches the provider byte for byte, however it comes', async () => {
    const parts = fc.tuple(fc.uint8Array({ maxLength: 5000 }), framing, cuts);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/v1/files', '/v1/audio/transcriptions'),
        parts,
        async (path, [bytes, how, shares]) => {
          await expectIdentical({ path, type: binary, body: Buffer.from(bytes), framing: how, shares });
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([1, 16_383, 16_384, 65_535, 65_536, 65_537, 1_000_000, 5 * 1024 * 1024])(
    'of %i bytes reaches the provider byte for byte',
    async (length) => {
      const shares = [0.1, 0.5, 0.9, 0.999];
      const content = randomBytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length);
      for (const how of ['length', 'chunks'] as const) {
        await expectIdentical({ path: '/v1/files', type: binary, body: randomBytes(length), framing: how, shares });
        const body = Buffer.from(`{"model":"m","prompt":"${content}"}`);
        await expectIdentical({ path: '/v1/completions', type: json, body, framing: how, shares });
      }
    },
  );

  it('reaches the provider without the extensions of its chunks', async () => {
    const body = '{"model":"m"}';
    const framed = `1;a=b\r\n{\r\n${(body.length - 1).toString(16)};c="d;e"\r\n${body.slice(1)}\r\n0;f\r\n\r\n`;
    await proxied.ask({ headers: [json, 'Transfer-Encoding: chunked'], body: framed });
    expect(proxied.upstream.requests.at(-1)!.body.toString()).toBe(body);
  });

  it('may be absent', async () => {
    const [get, post] = ['GET', 'POST'].map((method) =>
      proxied.bytesOf({ method, path: '/v1/files', headers: [binary] }),
    );
    expect((await proxied.exchange(get!)).status).toBe(200);
    expect(proxied.upstream.requests.at(-1)!.head).not.toMatch(/^(?:content-length|transfer-encoding):/im);
    expect((await proxied.exchange(post!)).status).toBe(200);
    expect(proxied.upstream.requests.at(-1)!.body).toHaveLength(0);
  });

  it.each([
    ['PATCH', '/v1beta/cachedContents/c', '{"ttl":"1.0s"}'],
    ['DELETE', '/v1/files/f', ''],
    ['POST', '/v1/vector_stores/v/search', '{"a":1.0}'],
    ['PUT', '/openai/v1/anything', '{"a":1.0}'],
    ['POST', '/upload/v1beta/files?uploadType=resumable', 'abc'],
  ])('goes with its method: %s %s', async (method, path, body) => {
    expect((await proxied.ask({ method, path, headers: [json], body })).status).toBe(200);
    const received = proxied.upstream.requests.at(-1)!;
    expect(received.head.split('\r\n', 1)[0]).toBe(`${method} ${path.replace('/openai', '')} HTTP/1.1`);
    expect(received.body.toString()).toBe(body);
  });
});

describe('a request’s query', () => {
  it.each([
    ...[
      '?beta=true',
      '?',
      '?a',
      '?a=&b',
      '?a=1&a=2',
      '?%61=%2F%2f',
      '?q=%E2%82%AC+x%20y',
      '?a=!$\'()*,;:@/?[]|^`{}"\\<>',
    ],
    ...['?limit=1000&after=msg_1', '?a=%', '?a=%zz', '?a=%00', '?keyboard=1&monkey=2', `?${'x'.repeat(4000)}`],
  ])('passes untouched: %s', async (query) => {
    await proxied.ask({ method: 'GET', path: `/v1/models${query}`, headers: ['x-api-key: k'] });
    expect(proxied.upstream.requests.at(-1)!.head.split('\r\n', 1)[0]).toBe(`GET /v1/models${query} HTTP/1.1`);
  });

  it('passes with a Gemini key in it, to Gemini alone', async () => {
    const gemini = '/v1beta/models/m:generateContent?key=mine&alt=json';
    await proxied.ask({ path: gemini, body: '{"contents":[]}' });
    expect(proxied.upstream.requests.at(-1)!.head.split('\r\n', 1)[0]).toBe(`POST ${gemini} HTTP/1.1`);
    await proxied.ask({
      path: '/v1/messages?key=mine&beta=true',
      headers: [json, 'x-api-key: k'],
      body: '{"model":"m"}',
    });
    expect(proxied.upstream.requests.at(-1)!.head.split('\r\n', 1)[0]).toBe('POST /v1/messages?beta=true HTTP/1.1');
  });
});

describe('many requests at once', () => {
  it('each get their own answer', async () => {
    const echo = await proxiedUpstream(async (connection) => {
      for (;;) {
        const { body } = await connection.read();
        await new Promise(setImmediate);
        const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
        await connection.write(Buffer.concat([Buffer.from(head), body]));
      }
    });
    const ask = async (number: number): Promise<void> => {
      const body = `{"model":"m${number}","a":"${randomBytes(number * 20).toString('hex')}"}`;
      const answer = await echo.ask({ path: paths[number % 4]!, body });
      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toBe(body);
    };
    await Promise.all(Array.from({ length: 200 }, (_, number) => ask(number)));
    const requests = await echo.proxy.over(200);
    expect(new Set(requests.map(({ id }) => id)).size).toBe(200);
    expect(new Set(requests.map((request) => request.asked_model)).size).toBe(200);
    await echo.unharmed(200);
    await echo.close();
  });
});
