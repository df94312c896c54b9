import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeUpstream, type FakeUpstream } from './support/fake-upstream.ts';
import { startProxy, type TestProxy, withoutBreakers } from './support/proxy.ts';
import { rawClient, type RawResponse } from './support/raw-client.ts';
import { streamFixtures, type StreamFixture } from './support/streams.ts';

type Ending = 'reset' | 'close' | 'clean chunk';

let upstream: FakeUpstream;
let proxy: TestProxy;
let serve: { bytes: Buffer; contentType: string; ending: Ending };

beforeAll(async () => {
  upstream = await fakeUpstream(async (connection) => {
    await connection.read();
    const { bytes, contentType, ending } = serve;
    const head = `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\n`;
    if (ending === 'clean chunk') {
      const chunk =
        bytes.length === 0
          ? ''
          : Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
      await connection.write(
        Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), Buffer.from(chunk)]),
      );
      await connection.write('0\r\n\r\n');
      return connection.end();
    }
    await connection.write(Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`), bytes]));
    if (ending === 'reset') await connection.reset();
    else connection.end();
  });
  const { url } = upstream;
  proxy = await startProxy({
    env: withoutBreakers,
    upstreams: { anthropic: url, openai: url, gemini: url },
    change: (config) => ({
      ...config,
      providers: {
        ...config.providers,
        local: { baseUrl: url, dialects: ['openai-chat'], local: true, insecure: false, apiKey: null, moreApiKeys: [] },
      },
    }),
  });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

async function ask({ path, body }: StreamFixture): Promise<RawResponse> {
  const client = rawClient(proxy.port);
  await client.send(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nContent-Type: application/json\r\n` +
      `Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return client.response();
}

describe.each(streamFixtures)('a stream of $name', (fixture) => {
  const stream = Buffer.from(fixture.events.join(''));

  it.each(['close', 'clean chunk'] as const)('that is complete passes whole (%s)', async (ending) => {
    serve = { bytes: stream, contentType: fixture.contentType, ending };
    const response = await ask(fixture);
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(response.body.toString()).toBe(stream.toString());
    const [record] = await proxy.recent();
    expect(record).toMatchObject({ outcome: 'ok', exactness: 'exact', provider: fixture.provider });
  });

  it.each(['clean chunk', 'close', 'reset'] as const)('that brings nothing is an error (%s)', async (ending) => {
    serve = { bytes: Buffer.alloc(0), contentType: fixture.contentType, ending };
    expect((await ask(fixture)).status).toBe(502);
  });

  it.each(['clean chunk', 'close', 'reset'] as const)(
    'that is cut at any byte never looks complete (%s)',
    async (ending) => {
      // Each byte by the ending that is the hardest to notice; every seventh by the others.
      const step = ending === 'clean chunk' ? 1 : 7;
      for (let cut = step; cut < stream.length; cut += step) {
        serve = { bytes: stream.subarray(0, cut), contentType: fixture.contentType, ending };
        const response = await ask(fixture);
        const complete = fixture.isComplete(cut, stream.length);
        // A reset may overtake the bytes before it.
        if (ending === 'reset' && response.status === 502) continue;
        const text = bodyBytes(response);
        const prefix =
          ending === 'reset' ? text.subarray(0, Math.max(0, text.indexOf(fixture.errorMark))) : stream.subarray(0, cut);
        if (complete && ending === 'reset') continue;
        expect(response.complete, `cut at ${cut}: ${text.toString()}`).toBe(complete);
        if (complete) continue;
        expect(text.subarray(0, prefix.length).equals(prefix), `cut at ${cut}`).toBe(true);
        expect(text.toString(), `cut at ${cut}`).toContain(fixture.errorMark);
        const [record] = await proxy.recent();
        expect(record?.outcome, `cut at ${cut}`).toBe('upstream_truncated');
      }
    },
    120_000,
  );
});

/** The chunks of an answer that was cut off, joined. */
function bodyBytes(response: RawResponse): Buffer {
  if (response.complete) return response.body;
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = response.body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(response.body.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(response.body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
