import { expect, vi } from 'vitest';
import { fakeUpstream, type FakeUpstream, type UpstreamScript } from './fake-upstream.ts';
import { startProxy, type TestProxy, type TestProxyOptions } from './proxy.ts';
import { rawClient, type RawClient, type RawResponse } from './raw-client.ts';

/** A request as its bytes; `Host` is added, and a length where there is a body and no header about it. */
export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  /** Header lines, in this order. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

export interface ProxiedUpstream {
  readonly proxy: TestProxy;
  readonly upstream: FakeUpstream;
  readonly connect: () => RawClient;
  readonly bytesOf: (parts: RequestParts) => Buffer;
  /** Sends bytes on a connection of their own and gives the first answer. */
  readonly exchange: (...pieces: readonly (string | Buffer)[]) => Promise<RawResponse>;
  readonly ask: (parts: RequestParts) => Promise<RawResponse>;
  /** Fails unless the proxy is well, holds nothing any more, and the provider has seen just so many requests, if that is given. */
  readonly unharmed: (upstreamRequests?: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A proxy with one fake provider behind all three of its built-in names. */
export async function proxiedUpstream(
  script: UpstreamScript = answering(),
  options: TestProxyOptions = {},
): Promise<ProxiedUpstream> {
  const upstream = await fakeUpstream(script);
  const { url } = upstream;
  const proxy = await startProxy({ upstreams: { anthropic: url, openai: url, gemini: url }, ...options });
  const connect = (): RawClient => rawClient(proxy.port);

  function bytesOf({ method = 'POST', path = '/v1/messages', headers = jsonHeaders, body = '' }: RequestParts): Buffer {
    const lines = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${proxy.port}`, ...headers];
    const framed = headers.some((line) => /^(?:content-length|transfer-encoding):/i.test(line));
    if (body.length > 0 && !framed) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
  }

  async function exchange(...pieces: readonly (string | Buffer)[]): Promise<RawResponse> {
    const client = connect();
    await client.send(...pieces);
    return client.response();
  }

  return {
    ...{ proxy, upstream, connect, bytesOf, exchange },
    ask: (parts) => exchange(bytesOf(parts)),
    async unharmed(upstreamRequests) {
      await vi.waitFor(async () => {
        const health = (await (await fetch(`${proxy.url}/health`)).json()) as object;
        expect(health).toMatchObject({ status: 'ok', in_flight_requests: 0 });
      });
      const lines = upstream.requests.map(({ head }) => head.split('\r\n', 1)[0]);
      if (upstreamRequests !== undefined) expect(lines).toHaveLength(upstreamRequests);
    },
    async close() {
      await proxy.close();
      await upstream.close();
    },
  };
}

export const jsonHeaders: readonly string[] = ['Content-Type: application/json'];
export const messageBody = '{"model":"claude-opus-5-5","max_tokens":5,"messages":[]}';
export const message = JSON.stringify({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-5-5', content: [] },
  ...{ stop_reason: 'end_turn', usage: { input_tokens: 10, output_tokens: 5 } },
});

/** A script that answers every request of a connection with the same JSON. */
export function answering(body: string | Buffer = message): UpstreamScript {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return async (connection) => {
    for (;;) {
      await connection.read();
      await connection.write(Buffer.concat([Buffer.from(head), Buffer.from(body)]));
    }
  };
}

/** The value of a header of an answer, or null. */
export function headerOf({ head }: { readonly head: string }, name: string): string | null {
  const line = head.split('\r\n').find((candidate) => candidate.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}

/** Fails unless the answer is an error of tokenpak's own with this status and code; gives its message. */
export function expectRefusal(answer: RawResponse, status: number, code: string): string {
  expect({ status: answer.status, code: headerOf(answer, 'x-tokenpak-error') }).toEqual({ status, code });
  expect(headerOf(answer, 'x-tokenpak-request-id')).toMatch(/^tp_/);
  const { error } = JSON.parse(answer.body.toString()) as { error: { message: string } };
  return error.message;
}
