import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawResponse } from './support/raw-client.ts';
import { canary, leaked } from './support/canaries.ts';
import { proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';

const secrets = {
  ...{ bearer: canary(), apiKey: canary(), googleKey: canary(), cookie: canary(), token: canary(), query: canary() },
  ...{ setCookie: canary(), private: canary(), session: canary(), echoed: canary(), large: canary() },
};
const request = {
  path: `/v1/messages?beta=true&key=${secrets.query}`,
  headers: [
    ...['Content-Type: application/json', 'User-Agent: claude-cli/2.1', 'anthropic-version: 2023-06-01'],
    ...[`Authorization: Bearer ${secrets.bearer}`, `x-api-key: sk-ant-${secrets.apiKey}`],
    ...[`x-goog-api-key: ${secrets.googleKey}`, `Cookie: a=${secrets.cookie}`, `X-Session-Token: ${secrets.token}`],
    ...[`X-Private: ${secrets.private}`, `X-Claude-Code-Session-Id: s-${secrets.session.slice(0, 4)}`],
  ],
  body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 9, messages: [] }),
};
const message = JSON.stringify({
  ...{ type: 'message', model: 'claude-opus-5-5', content: [] },
  usage: { input_tokens: 1000, cache_read_input_tokens: 3000, cache_creation_input_tokens: 0, output_tokens: 500 },
});
const answer = [
  ...['HTTP/1.1 200 OK', 'Content-Type: application/json', `Set-Cookie: a=${secrets.setCookie}`],
  ...[`Request-Id: req-${secrets.apiKey}`, `X-Echo: ${secrets.echoed}`],
  ...['anthropic-ratelimit-requests-limit: 50', 'anthropic-ratelimit-requests-remaining: 40'],
  ...['anthropic-ratelimit-requests-reset: 2026-11-22T12:00:00Z', 'anthropic-ratelimit-unified-5h-utilization: 0.4'],
  ...[`Content-Length: ${Buffer.byteLength(message)}`, '', message],
].join('\r\n');

interface TraceJson {
  readonly headers: Record<'request' | 'response', [string, string][]> | null;
  readonly cost_parts: { class: string; tokens: number; cost_picodollars: string }[] | null;
}

describe('the trace of a request', () => {
  let proxied: ProxiedUpstream;
  beforeAll(async () => {
    proxied = await proxiedUpstream(async (connection) => {
      for (;;) {
        await connection.read();
        await connection.write(answer);
      }
    });
  });
  afterAll(() => proxied.close());

  async function traceOf(response: RawResponse): Promise<{ readonly trace: TraceJson; readonly text: string }> {
    const id = /x-tokenpak-request-id: (\S+)/i.exec(response.head)![1]!;
    for (;;) {
      const answered = await fetch(`${proxied.proxy.url}/trace/${id}`);
      const text = await answered.text();
      // It is kept behind the answer's last bytes.
      if (answered.status === 200) return { trace: JSON.parse(text) as TraceJson, text };
    }
  }

  it('shows headers, and none of the secrets in them', async () => {
    const { trace, text } = await traceOf(await proxied.ask(request));
    const shown = new Map(trace.headers!.request.map(([name, value]) => [name.toLowerCase(), value]));
    expect(Object.fromEntries(shown)).toMatchObject({
      ...{ 'content-type': 'application/json', 'user-agent': 'claude-cli/2.1', 'anthropic-version': '2023-06-01' },
      ...{ authorization: 'Bearer [redacted]', 'x-api-key': '[redacted]', cookie: '[redacted]' },
      ...{ 'x-goog-api-key': '[redacted]', 'x-session-token': '[redacted]', 'x-private': '[redacted]' },
    });
    const answered = Object.fromEntries(trace.headers!.response);
    expect(answered).toMatchObject({ 'anthropic-ratelimit-requests-limit': '50', 'X-Echo': '[redacted]' });
    expect(leaked(secrets, text)).toEqual([]);
  });

  it('shows what each class of tokens cost, which comes to the whole', async () => {
    const { trace } = await traceOf(await proxied.ask(request));
    const [ended] = await proxied.proxy.over(1);
    expect(trace.cost_parts!.map(({ class: name, tokens }) => [name, tokens])).toEqual([
      ['input', 1000],
      ['cache_read', 3000],
      ['output', 500],
    ]);
    const sum = trace.cost_parts!.reduce((total, part) => total + BigInt(part.cost_picodollars), 0n);
    expect(String(sum)).toBe(ended!.cost_picodollars);
  });

  it('does without headers that are too many to keep', async () => {
    const large = Array.from({ length: 30 }, (_, n) => `X-Large-${n}: ${secrets.large.repeat(20)}`);
    const { trace, text } = await traceOf(await proxied.ask({ ...request, headers: [...request.headers, ...large] }));
    expect(trace.headers).toBeNull();
    expect(leaked(secrets, text)).toEqual([]);
  });

  it("stands beside the provider's own limits, as its answer told them", async () => {
    await proxied.ask(request);
    await proxied.proxy.over(1);
    const { providers } = (await (await fetch(`${proxied.proxy.url}/stats`)).json()) as {
      providers: Record<string, { quota: unknown }>;
    };
    expect(providers.anthropic!.quota).toEqual([
      { name: 'requests', used: 1 - 40 / 50, limit: 50, remaining: 40, resets: '2026-11-22T12:00:00.000Z' },
      { name: '5h', used: 0.4, limit: null, remaining: null, resets: null },
    ]);
  });
});
