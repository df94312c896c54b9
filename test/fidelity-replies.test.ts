import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunked, cuts, cutUp, oddObject } from './support/pieces.ts';
import {
  headerOf,
  message,
  messageBody,
  proxiedUpstream,
  type ProxiedUpstream,
  type RequestParts,
} from './support/proxied-upstream.ts';
import { streamFixtures } from './support/streams.ts';

/** What the provider answers next. */
let serve: {
  readonly head: readonly string[];
  readonly body: Buffer;
  readonly framing: Framing;
  readonly shares: readonly number[];
};
type Framing = 'length' | 'chunks' | 'close';
const framings = ['length', 'chunks', 'close'] as const;

let proxied: ProxiedUpstream;
beforeAll(async () => {
  const script: Parameters<typeof proxiedUpstream>[0] = async (connection) => {
    for (;;) {
      await connection.read();
      const { head, body, framing, shares } = serve;
      const line = {
        length: `Content-Length: ${body.length}`,
        chunks: 'Transfer-Encoding: chunked',
        close: 'Connection: close',
      };
      const framed = framing === 'chunks' ? chunked(cutUp(body, shares)) : body;
      const bytes = Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\n${[...head, line[framing]].join('\r\n')}\r\n\r\n`),
        framed,
      ]);
      for (const piece of cutUp(bytes, shares)) {
        await connection.write(piece);
        await new Promise(setImmediate);
      }
      if (framing === 'close') return connection.end();
    }
  };
  proxied = await proxiedUpstream(script, {
    change: (config) => ({
      ...config,
      providers: {
        ...config.providers,
        local: { ...config.providers['openai']!, dialects: ['openai-chat'], local: true },
      },
    }),
  });
});
afterAll(async () => {
  await proxied.unharmed();
  await proxied.close();
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Asks, and fails unless the client got just the bytes that the provider sent. */
async function expectIdentical(parts: RequestParts): Promise<void> {
  const answer = await proxied.ask(parts);
  expect(answer).toMatchObject({ status: 200, complete: true });
  expect(sha256(answer.body)).toBe(sha256(serve.body));
}

const flush = { finishFlush: constants.Z_SYNC_FLUSH };
const codings = {
  identity: (bytes: Buffer) => bytes,
  gzip: (bytes: Buffer) => gzipSync(bytes),
  'x-gzip': (bytes: Buffer) => gzipSync(bytes),
  deflate: (bytes: Buffer) => deflateSync(bytes),
  br: (bytes: Buffer) => brotliCompressSync(bytes),
};
const coding = fc.constantFrom(...(Object.keys(codings) as (keyof typeof codings)[]));
const head = (type: string, name: keyof typeof codings): string[] =>
  name === 'identity' ? [`Content-Type: ${type}`] : [`Content-Type: ${type}`, `Content-Encoding: ${name}`];
const framing = fc.constantFrom(...framings);

describe('a reply', () => {
  it('of JSON reaches the client byte for byte, and is counted, however it is packed and comes', async () => {
    const usage = '"usage":{"input_tokens":10,"output_tokens":5}';
    await fc.assert(
      fc.asyncProperty(oddObject, coding, framing, cuts, async (odd, name, how, shares) => {
        const document = `{"model":"claude-opus-5-5","content":[${odd}],${usage}}`;
        serve = {
          head: head('application/json', name),
          body: codings[name](Buffer.from(document)),
          framing: how,
          shares,
        };
        await expectIdentical({ body: messageBody });
        const [record] = await proxied.proxy.recent();
        expect(record).toMatchObject({ outcome: 'ok', exactness: 'exact', tokens: { input: 10, output: 5 } });
      }),
      { numRuns: 150 },
    );
  });

  it.each(streamFixtures)(
    'that is a stream of $name reaches the client byte for byte, and is counted, however it is packed and comes',
    async (fixture) => {
      const stream = Buffer.from(fixture.events.join(''));
      await fc.assert(
        fc.asyncProperty(coding, framing, cuts, async (name, how, shares) => {
          serve = { head: head(fixture.contentType, name), body: codings[name](stream), framing: how, shares };
          await expectIdentical(fixture);
          const [record] = await proxied.proxy.recent();
          expect(record).toMatchObject({ outcome: 'ok', exactness: 'exact', provider: fixture.provider });
        }),
        { numRuns: 40 },
      );
    },
  );

  it('that is a stream comes in single bytes as well', async () => {
    for (const { events, contentType, path, body } of streamFixtures) {
      const stream = Buffer.from(events.join(''));
      const shares = Array.from(stream, (_, index) => index / stream.length);
      serve = { head: head(contentType, 'identity'), body: stream, framing: 'chunks', shares };
      await expectIdentical({ path, body });
    }
  });

  it('that is a gzip stream, flushed event by event, is passed on event by event', async () => {
    const [anthropic] = streamFixtures;
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH, ...flush });
    const parts: Buffer[] = [];
    gzip.on('data', (part: Buffer) => parts.push(part));
    for (const event of anthropic!.events)
      await new Promise<void>((resolve) => void gzip.write(event, () => resolve()));
    gzip.end();
    for await (const _ of gzip) void _;
    const body = Buffer.concat(parts);
    let sum = 0;
    const shares = parts.map((part) => (sum += part.length) / body.length);
    serve = { head: head(anthropic!.contentType, 'gzip'), body, framing: 'chunks', shares };
    await expectIdentical(anthropic!);
    expect((await proxied.proxy.recent())[0]).toMatchObject({ outcome: 'ok', exactness: 'exact' });
  });

  it.each([
    ['application/octet-stream', '/v1/files/f/content'],
    ['audio/mpeg', '/v1/audio/speech'],
    ['text/plain', '/v1/files/f/content'],
    ['application/x-ndjson', '/v1/files/f/content'],
    ['image/png', '/openai/v1/anything'],
  ])('of %s reaches the client byte for byte', async (type, path) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 300_000 }), framing, cuts, async (length, how, shares) => {
        serve = { head: [`Content-Type: ${type}`], body: randomBytes(length), framing: how, shares };
        await expectIdentical({ method: 'GET', path, headers: [] });
      }),
      { numRuns: 10 },
    );
  });

  it.each(framings)('of more JSON than is held passes as it comes: %s', async (how) => {
    const content = randomBytes(9 * 1024 * 1024).toString('hex');
    const body = Buffer.from(message.replace('"content":[]', `"content":["${content}"]`));
    serve = { head: head('application/json', 'identity'), body, framing: how, shares: [0.2, 0.4, 0.6, 0.8] };
    await expectIdentical({ body: messageBody });
    expect((await proxied.proxy.recent())[0]).toMatchObject({ outcome: 'ok' });
  });

  it.each([
    ['several', 'gzip, br'],
    ['one that is not known', 'zstd'],
  ])('in codings that cannot be undone passes, and its cost is an estimate: %s', async (_, names) => {
    const body = brotliCompressSync(gzipSync(message));
    serve = {
      head: ['Content-Type: application/json', `Content-Encoding: ${names}`],
      body,
      framing: 'length',
      shares: [],
    };
    await expectIdentical({ body: messageBody });
    expect((await proxied.proxy.recent())[0]).toMatchObject({ outcome: 'ok', exactness: 'estimated' });
  });

  it('to a client of HTTP/1.0 comes without chunks', async () => {
    const [anthropic] = streamFixtures;
    const stream = Buffer.from(anthropic!.events.join(''));
    serve = { head: head(anthropic!.contentType, 'identity'), body: stream, framing: 'chunks', shares: [0.5] };
    const request = proxied.bytesOf(anthropic!).toString('latin1').replace('HTTP/1.1', 'HTTP/1.0');
    const answer = await proxied.exchange(request);
    expect(headerOf(answer, 'transfer-encoding')).toBe(null);
    expect(sha256(answer.body)).toBe(sha256(stream));
  });

  it('to a client of HTTP/1.0 that is cut ends with a reset, since its end would look like the end', async () => {
    const cut = await proxiedUpstream(async (connection) => {
      await connection.read();
      await connection.write(
        'HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
      );
      connection.end();
    });
    const request = cut.bytesOf({ method: 'GET', path: '/v1/files/f/content', headers: [] });
    const answer = await cut.exchange(request.toString('latin1').replace('HTTP/1.1', 'HTTP/1.0'));
    expect(answer).toMatchObject({ status: 200, complete: false, closed: 'reset' });
    expect((await cut.proxy.over(1))[0]).toMatchObject({ outcome: 'upstream_truncated' });
    await cut.close();
  });
});
