import { expect, vi } from 'vitest';
import type { UpstreamConnection, UpstreamScript } from './fake-upstream.ts';
import type { TestProxyOptions } from './proxy.ts';
import { proxiedUpstream, type ProxiedUpstream, type RequestParts } from './proxied-upstream.ts';
import type { RawResponse } from './raw-client.ts';

export type Act = (connection: UpstreamConnection) => unknown;

export interface Dialect {
  readonly provider: string;
  readonly pathOf: (model: string) => string;
  readonly bodyOf: (model: string, stream?: boolean) => string;
  readonly model: string;
  readonly otherModel: string;
  readonly ok: string;
  /** An error of the provider's own, and one of ours when its circuit is open. */
  readonly failed: string;
  readonly refused: object;
  /** A whole stream that reports an error of this type. */
  readonly streamError: (type: string) => string;
}

const usage = { input_tokens: 1, output_tokens: 1 };
export const dialects: readonly Dialect[] = [
  {
    ...{ provider: 'anthropic', model: 'claude-opus-5-5', otherModel: 'claude-haiku-4-5' },
    pathOf: () => '/v1/messages',
    bodyOf: (model, stream = false) => JSON.stringify({ model, max_tokens: 5, stream, messages: [] }),
    ok: JSON.stringify({ id: 'msg_1', type: 'message', role: 'assistant', content: [], usage }),
    failed: '{"type":"error", "error":{"type":"api_error","message":"Grüße"},"request_id":"req_1"}\n',
    refused: { type: 'error', error: { type: 'overloaded_error' } },
    streamError: (type) => `event: error\ndata: {"type":"error","error":{"type":"${type}","message":"no"}}\n\n`,
  },
  {
    ...{ provider: 'openai', model: 'gpt-6.1-sol', otherModel: 'gpt-6.1-mini' },
    pathOf: () => '/v1/chat/completions',
    bodyOf: (model, stream = false) => JSON.stringify({ model, stream, messages: [] }),
    ok: JSON.stringify({ id: 'c', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
    failed: '{"error":{"message":"Grüße", "type":"server_error","param":null,"code":null}}\n',
    refused: { error: { type: 'server_error', code: 'circuit_open', param: null } },
    streamError: (type) => `data: {"choices":[],"error":{"type":"${type}","message":"no"}}\n\ndata: [DONE]\n\n`,
  },
  {
    ...{ provider: 'gemini', model: 'gemini-3.5-flash', otherModel: 'gemini-3.5-pro' },
    pathOf: (model) => `/v1beta/models/${model}:generateContent`,
    bodyOf: () => '{"contents":[]}',
    ok: JSON.stringify({ candidates: [], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } }),
    failed: '{"error":{"code":500, "message":"Grüße","status":"INTERNAL"}}\n',
    refused: { error: { code: 503, status: 'UNAVAILABLE' } },
    streamError: (type) => `data: {"error":{"status":"${type}","message":"no"}}\n\n`,
  },
];
export const [anthropic, openai, gemini] = dialects as readonly [Dialect, Dialect, Dialect];

/** How many failures open a circuit, as configured by default. */
export const threshold = 5;

export const reply = (status: number, body: string, ...headers: readonly string[]): string =>
  [
    `HTTP/1.1 ${status} X`,
    ...(headers.some((line) => /^content-type:/i.test(line))
      ? headers
      : ['Content-Type: application/json', ...headers]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
export const saying =
  (bytes: string): Act =>
  (connection) =>
    connection.write(bytes);
export const streaming = (events: string): Act => saying(reply(200, events, 'Content-Type: text/event-stream'));
export const neverAnswering: Act = () => undefined;

export interface Behaviour {
  readonly script: UpstreamScript;
  answer: Act;
}

export function behaviour(answer: Act): Behaviour {
  const it: Behaviour = {
    answer,
    async script(connection) {
      for (;;) {
        await connection.read();
        await it.answer(connection);
      }
    },
  };
  return it;
}

/** Answers with these bytes once it is let. */
export function holding(bytes: string): { readonly act: Act; readonly release: () => void } {
  let release: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const act: Act = async (connection) => {
    await released;
    await connection.write(bytes);
  };
  return { act, release: () => release() };
}

interface CircuitJson {
  readonly state: string;
  readonly failures_in_window: number;
  readonly retry_after_seconds: number | null;
  readonly last_failure: string | null;
  readonly models: Readonly<Record<string, { readonly state: string }>>;
}

export interface FailingProvider {
  readonly proxied: ProxiedUpstream;
  readonly upstream: Behaviour;
  readonly seen: () => number;
  readonly parts: (dialect: Dialect, model?: string, stream?: boolean) => RequestParts;
  readonly ask: (dialect: Dialect, model?: string, stream?: boolean) => Promise<RawResponse>;
  readonly circuit: (dialect: Dialect) => Promise<CircuitJson>;
  readonly metrics: (name: string, provider: string) => Promise<Record<string, number>>;
}

/** A proxy with one provider behind all its names, which answers everybody as the test says last. */
export async function failingProvider(answer: Act, options: TestProxyOptions = {}): Promise<FailingProvider> {
  const upstream = behaviour(answer);
  const proxied = await proxiedUpstream(upstream.script, options);
  const { url } = proxied.proxy;
  const parts: FailingProvider['parts'] = (dialect, model = dialect.model, stream = false) => ({
    path: stream && dialect === gemini ? geminiStream(model) : dialect.pathOf(model),
    body: dialect.bodyOf(model, stream),
  });
  return {
    ...{ proxied, upstream, parts, seen: () => proxied.upstream.requests.length },
    ask: (...asked) => proxied.ask(parts(...asked)),
    async circuit({ provider: name }) {
      const health = (await (await fetch(`${url}/health`)).json()) as Record<string, Record<string, CircuitJson>>;
      return health['circuit_breakers']![name]!;
    },
    async metrics(name, of) {
      const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
      const own = lines.filter((line) => line.startsWith(`${name}{`) && line.includes(`provider="${of}"`));
      return Object.fromEntries(own.map((line) => [labelsOf(line), Number(line.slice(line.lastIndexOf(' ')))]));
    },
  };
}

const geminiStream = (model: string): string => `/v1beta/models/${model}:streamGenerateContent?alt=sse`;

/** The values of all labels but the provider's, joined. */
function labelsOf(line: string): string {
  const all = [...line.matchAll(/(\w+)="([^"]*)"/g)];
  return all.flatMap(([, name, value]) => (name === 'provider' ? [] : [value])).join(' ');
}

/** Fails so often that the provider's circuit opens, and no model's: each time it is another's. */
export async function openProvider(here: FailingProvider, dialect: Dialect): Promise<void> {
  here.upstream.answer = saying(reply(500, dialect.failed));
  for (let n = 0; n < threshold; n++) expect((await here.ask(dialect, `${dialect.model}-${n}`)).status).toBe(500);
  expect(await here.circuit(dialect)).toMatchObject({ state: 'open', models: {} });
}

/** Waits until the next request may try the provider again. */
export const recovered = (here: FailingProvider, dialect: Dialect) =>
  vi.waitFor(async () => expect((await here.circuit(dialect)).retry_after_seconds).toBe(0), 5000);
