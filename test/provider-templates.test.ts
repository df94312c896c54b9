import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeUpstream, type FakeUpstream } from './support/fake-upstream.ts';
import { configHome } from './support/load-config.ts';
import { products, type Product } from './support/products/index.ts';
import { done } from './support/products/product.ts';
import { startProxy, type TestProxy } from './support/proxy.ts';

const templates = path.join(import.meta.dirname, '../templates/providers');
const chunked = (piece: string): string => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`;

/** Answers as the product does, on connections that stay open. */
function serverOf(product: Product): Promise<FakeUpstream> {
  return fakeUpstream(async (connection) => {
    for (;;) {
      const { head, body } = await connection.read();
      const streamed = body.includes('"stream":true');
      const pieces = streamed ? product.stream : product.plain;
      // Some versions, and some gateways before them, leave the last event out.
      const sent = head.includes('x-without-done') ? pieces.filter((piece) => piece !== done) : pieces;
      const headers = streamed ? product.streamHeaders : product.headers;
      await connection.write(`HTTP/1.1 200 OK\r\n${headers.join('\r\n')}\r\n\r\n`);
      for (const piece of sent) await connection.write(chunked(piece));
      await connection.write('0\r\n\r\n');
    }
  });
}

/** The proxy of a user who copied the template, but for the server's place. */
async function proxyOf(product: Product, server: FakeUpstream): Promise<TestProxy> {
  const { template, name, basePath, keyVariable } = product;
  const home = configHome();
  try {
    const env = keyVariable === null ? {} : { [keyVariable]: 'held-key' };
    const flags = { upstreams: { [name]: `${server.url}${basePath}` } };
    const loaded = await home.load(readFileSync(path.join(templates, template)), { env, flags });
    return await startProxy({ change: (config) => ({ ...config, providers: loaded.config.providers }) });
  } finally {
    home.remove();
  }
}

it('each template has a product that it is tried with', () => {
  expect(new Set(products.map(({ template }) => template))).toEqual(new Set(readdirSync(templates)));
});

describe.each(products)('the template for $name', (product) => {
  let server: FakeUpstream;
  let proxy: TestProxy;
  beforeAll(async () => {
    server = await serverOf(product);
    proxy = await proxyOf(product, server);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  const { name, dialect, basePath, keyVariable, local, asked, model, tokens } = product;
  const served = { provider: name, dialect, asked_model: asked, model, status: 200, outcome: 'ok' };
  const cost = local ? { cost_usd: 0, cost_picodollars: '0' } : { cost_usd: null, cost_picodollars: null };
  const exact = { ...served, ...cost, tokens, exactness: 'exact', intent: 'generate' };
  const messages = [{ role: 'user', content: 'Grüße' }];
  const plain = JSON.stringify({ model: asked, messages });
  const options = product.usageOnRequest && { stream_options: { include_usage: true, continuous_usage_stats: true } };
  const streamed = JSON.stringify({ model: asked, messages, stream: true, ...options });

  async function ask(body: string, headers: Record<string, string> = {}) {
    const sent = { 'content-type': 'application/json', ...headers };
    const url = `${proxy.url}/${name}${product.path}?trace=a%20b`;
    const over = (await proxy.recent()).length + 1;
    const response = await fetch(url, { method: 'POST', headers: sent, body });
    const text = Buffer.from(await response.arrayBuffer()).toString();
    const [record] = await proxy.over(over);
    return { headers: response.headers, text, record, received: server.requests.at(-1) };
  }

  function headersOf(lines: readonly string[]): string[][] {
    return lines.map((line) => line.split(': ')).filter(([header]) => header?.toLowerCase() !== 'transfer-encoding');
  }

  const asPath = basePath + (basePath.endsWith('/v1') ? product.path.slice('/v1'.length) : product.path);
  const target = `POST ${asPath}?trace=a%20b HTTP/1.1`;
  const [keyHeader, scheme] = dialect === 'openai-chat' ? ['authorization', 'Bearer '] : ['x-api-key', ''];
  const keyOf = (head = '') => new RegExp(`^${keyHeader}: (.*)$`, 'im').exec(head)?.[1];

  it('asks at the right place with the held key, and passes the answer as it is', async () => {
    const { headers, text, record, received } = await ask(plain, { [keyHeader]: `${scheme}tokenpak` });
    expect(received?.head.split('\r\n')[0]).toBe(target);
    expect(keyOf(received?.head)).toBe(keyVariable === null ? undefined : `${scheme}held-key`);
    expect(received?.body.toString()).toBe(plain);
    expect(text).toBe(product.plain.join(''));
    for (const [header = '', value] of headersOf(product.headers)) expect(headers.get(header)).toBe(value);
    expect(record).toMatchObject({ ...exact, stream: false });
  });

  it('streams the answer as it is with the client’s own key, and counts it', async () => {
    const { headers, text, record, received } = await ask(streamed, { [keyHeader]: `${scheme}sk-mine` });
    expect(received?.head.split('\r\n')[0]).toBe(target);
    expect(keyOf(received?.head)).toBe(`${scheme}sk-mine`);
    expect(received?.body.toString()).toBe(streamed);
    expect(text).toBe(product.stream.join(''));
    for (const [header = '', value] of headersOf(product.streamHeaders)) expect(headers.get(header)).toBe(value);
    expect(record).toMatchObject({ ...exact, stream: true });
  });

  it('takes its stream for complete when it ends without [DONE]', async () => {
    const { text, record } = await ask(streamed, { 'x-without-done': '1' });
    expect(text).toBe(product.stream.join('').replace(done, ''));
    expect(record).toMatchObject({ ...exact, stream: true });
  });
});
