import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawClient } from '../../../test/support/raw-client.ts';
import { startLoopback, type Loopback } from './index.ts';

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

interface Asked {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly at?: Loopback;
}

async function ask(body: object | string | Buffer, { path = '/v1/messages', headers = {}, at = loopback }: Asked = {}) {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify({ messages: [], ...body });
  const response = await fetch(at.url + path, { method: 'POST', headers, body: bytes });
  return { status: response.status, text: await response.text() };
}

async function message(body: object, asked: Asked = {}) {
  const { text } = await ask(body, asked);
  return JSON.parse(text) as { id: string; model: string; content: [{ text: string }]; usage: Record<string, unknown> };
}

describe('equal requests', () => {
  const paths = ['/v1/messages', '/v1/chat/completions', '/v1/completions', '/v1/responses'];

  it.each(paths)('get equal bytes, from this server and from the next: %s', async (path) => {
    const next = await startLoopback();
    for (const model of ['loopback-thinking', 'loopback-delay0']) {
      for (const stream of [false, true]) {
        const { text } = await ask({ model, stream }, { path });
        expect((await ask({ model, stream }, { path })).text).toBe(text);
        expect((await ask({ model, stream }, { path, at: next })).text).toBe(text);
      }
    }
    await next.close();
  });

  it('get other ids and words with another seed, and other requests get other ids', async () => {
    const seeded = await startLoopback({ seed: 5 });
    const body = { model: 'loopback' };
    const answers = [await message(body), await message({ ...body, top_k: 1 }), await message(body, { at: seeded })];
    expect(new Set(answers.map(({ id }) => id)).size).toBe(3);
    expect(answers[0]?.content).toEqual(answers[1]?.content);
    expect(answers[0]?.content).not.toEqual(answers[2]?.content);
    await seeded.close();
  });

  it('are told apart by all that their answer follows from', async () => {
    const body = { model: 'loopback' };
    expect((await message(body, { headers: { 'x-loopback': 'tokens=3' } })).usage['output_tokens']).toBe(3);
    expect((await message(body, { headers: { 'x-loopback': 'tokens=4' } })).usage['output_tokens']).toBe(4);
    expect((await message(body)).usage['output_tokens']).toBe(16);
    expect((await ask(body, { path: '/v1/chat/completions' })).text).toContain('chat.completion');
  });
});

describe('a request', () => {
  it('may name any model and ask by header, which wins over the name', async () => {
    const headers = { 'x-loopback': 'tokens=3; model=claude-opus-5-5; tier=priority; in=1' };
    expect(await message({ model: 'loopback-tokens9' }, { headers })).toMatchObject({
      model: 'claude-opus-5-5',
      usage: { input_tokens: 1, output_tokens: 3, service_tier: 'priority' },
    });
    expect((await message({ model: 'claude-opus-5-5' })).model).toBe('claude-opus-5-5');
  });

  it('gets as many bytes of text as it asked for, in as many pieces', async () => {
    const { content } = await message({ model: 'loopback-size1000' });
    expect(Buffer.byteLength(content[0].text)).toBe(1000);
    const { text } = await ask({ model: 'loopback-size1000-tokens10', stream: true });
    expect(text.match(/text_delta/g)).toHaveLength(10);
  });

  it('counts a quarter of its bytes as input', async () => {
    const body = { model: 'loopback', messages: [{ role: 'user', content: 'x'.repeat(100_000) }] };
    const { usage } = await message(body);
    expect(usage['input_tokens']).toBe(Math.ceil(JSON.stringify({ ...body }).length / 4));
  });

  it('may be compressed', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const { text } = await ask(gzipSync('{"model":"loopback-in77","messages":[]}'), { headers });
    expect(JSON.parse(text)).toMatchObject({ usage: { input_tokens: 77 } });
    expect(await ask('plain', { headers })).toMatchObject({ status: 400 });
  });

  it('is refused with a reason where it is no JSON, names no model or asks for what is unknown', async () => {
    expect(await ask('{"model":')).toMatchObject({
      status: 400,
      text: expect.stringContaining('invalid_request_error'),
    });
    expect(await ask({})).toMatchObject({ status: 400, text: expect.stringContaining('names no model') });
    const unknown = await ask({ model: 'loopback' }, { headers: { 'x-loopback': 'teapot' } });
    expect(unknown).toMatchObject({ status: 400, text: expect.stringContaining('knows no \\"teapot\\"') });
  });

  it('for the start page gets the vocabulary, and one by HEAD an empty answer', async () => {
    expect(await (await fetch(loopback.url)).text()).toContain('tps<N>');
    const head = await fetch(loopback.url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is counted', async () => {
    const before = loopback.requests();
    await ask({ model: 'loopback' });
    expect(loopback.requests() - before).toBe(1);
  });
});

it('hashes an upload that is sent in pieces', async () => {
  const client = rawClient(loopback.port);
  const head = 'POST /v1/files HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=x\r\n';
  await client.send(`${head}transfer-encoding: chunked\r\n\r\n`, '3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n\r\n');
  const { body } = await client.response();
  const sha256 = createHash('sha256').update('abcde').digest('hex');
  expect(JSON.parse(body.toString())).toMatchObject({ bytes: 5, sha256 });
  await client.reset();
});

it('says why it cannot bind', async () => {
  await expect(startLoopback({ port: loopback.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
