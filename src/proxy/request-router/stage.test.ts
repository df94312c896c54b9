import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { received, type ReceivedParts } from '../../../test/support/exchange.ts';
import { ProxyError } from '../errors.ts';
import type { Call, Target } from '../exchange.ts';
import { requestRouter } from './stage.ts';

const aliases = { fast: 'claude-haiku-4-5' };

/** Runs the stage and gives what it passed on. */
async function passedOn(parts: ReceivedParts): Promise<Call> {
  let passed: Call | null = null;
  const stop = new Error('passed on');
  const next = (call: Call): never => {
    passed = call;
    throw stop;
  };
  try {
    await requestRouter(aliases).handle(received(parts), next);
  } catch (error) {
    if (error !== stop) throw error;
  }
  if (passed === null) throw new Error('nothing was passed on');
  return passed;
}

async function refusal(parts: ReceivedParts): Promise<ProxyError> {
  const outcome: unknown = await passedOn(parts).catch((error: unknown) => error);
  if (!(outcome instanceof ProxyError)) throw new Error('nothing was refused');
  return outcome;
}

/** As the provider router makes it, as far as bodies go by it. */
const targetOf = ({ model }: Call): Target => ({ provider: 'anthropic', model }) as Target;

const body = '{"model":"claude-x","stream":true,"tools":[{}],"max_tokens":5}';

describe('the request router', () => {
  it('passes on what the body says, and writes it to the record', async () => {
    const call = await passedOn({ body, headers: ['user-agent', 'sdk/1'], route: { project: 'web' } });
    expect(call).toMatchObject({ dialect: 'anthropic-messages', model: 'claude-x', streamed: true });
    expect(call.envelope).toMatchObject({ maxTokens: 5, tools: true });
    expect(call.record).toMatchObject({
      dialect: 'anthropic-messages',
      model: 'claude-x',
      askedModel: 'claude-x',
      intent: { kind: 'generate', streamed: true, tools: true, turn: null },
      caller: { address: '127.0.0.1', project: 'web', session: null, agent: 'sdk' },
    });
  });

  it("hands on the client's own body, whoever asks", async () => {
    const call = await passedOn({ body });
    expect(call.bodyFor(targetOf(call))).toBe(call.body);
  });

  it('asks for the model behind an alias, and changes nothing else in the body', async () => {
    const call = await passedOn({ body: ' {"messages":["fast"], "model" : "fast","model2":"fast"}' });
    const sent = call.bodyFor(targetOf(call));
    if (sent.kind !== 'bytes') throw new Error('no bytes');
    expect(sent.bytes.toString()).toBe(' {"messages":["fast"], "model" : "claude-haiku-4-5","model2":"fast"}');
    expect(call.model).toBe('claude-haiku-4-5');
    expect(call.record).toMatchObject({ askedModel: 'fast', model: 'claude-haiku-4-5' });
  });

  it('asks for the model behind an alias in a path', async () => {
    const route = { model: 'fast', path: '/v1beta/models/fast:generateContent' };
    const call = await passedOn({ body: '{"model":"models/fast"}', endpoint: { dialect: 'gemini' }, route });
    expect(call.route.path).toBe('/v1beta/models/claude-haiku-4-5:generateContent');
    expect(call.bodyFor(targetOf(call))).toBe(call.body);
  });

  it('refuses an alias that it cannot replace for certain', async () => {
    const twice = await passedOn({ body: '{"model":"fast","model":"fast"}' });
    expect(() => twice.bodyFor(targetOf(twice))).toThrow(/stands twice/);
    const headers = ['content-encoding', 'gzip'];
    const packed = await passedOn({ headers, body: { kind: 'bytes', bytes: gzipSync('{"model":"fast"}') } });
    expect(() => packed.bodyFor(targetOf(packed))).toThrow(/content-encoding/);
  });

  it("takes the path's word for model and streaming before the body's", async () => {
    const route = { model: 'gemini-x', streamed: true };
    const call = await passedOn({ body: '{"model":"no","stream":false}', endpoint: { dialect: 'gemini' }, route });
    expect(call).toMatchObject({ model: 'gemini-x', streamed: true });
  });

  it('keeps a hostile model name out of the record, and sends it on as it is', async () => {
    const call = await passedOn({ body: JSON.stringify({ model: `\u001b]0;x\u0007${'m'.repeat(500)}` }) });
    expect(call.model).toHaveLength(506);
    expect(call.record.askedModel).toMatch(/^\]0;xm{1,128}$/);
  });

  it.each([
    ['gzip', gzipSync(body)],
    ['x-gzip', gzipSync(body)],
    ['Deflate', deflateSync(body)],
    ['br', brotliCompressSync(body)],
  ])('reads the envelope of a body in %s and sends the bytes as they came', async (coding, bytes) => {
    const call = await passedOn({ body: { kind: 'bytes', bytes }, headers: ['Content-Encoding', coding] });
    expect(call).toMatchObject({ model: 'claude-x', streamed: true, body: { bytes } });
    expect(call.envelope).toMatchObject({ modelSpan: null, streamOptions: null, membersStart: null });
  });

  it.each(['zstd', 'gzip, gzip'])('forwards a body in %s unread', async (coding) => {
    const bytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
    const call = await passedOn({ body: { kind: 'bytes', bytes }, headers: ['content-encoding', coding] });
    expect(call).toMatchObject({ model: null, streamed: false, envelope: null, body: { bytes } });
  });

  it('refuses a bomb, and what is not in the coding that it names', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    const coded = (bytes: Buffer) => ({
      body: { kind: 'bytes', bytes } as const,
      headers: ['content-encoding', 'gzip'],
    });
    expect((await refusal(coded(bomb))).code).toBe('too_large');
    expect((await refusal(coded(Buffer.from(body)))).code).toBe('invalid_request');
    expect((await refusal(coded(gzipSync(body).subarray(0, 30)))).code).toBe('invalid_request');
    expect((await refusal(coded(gzipSync('[]')))).code).toBe('invalid_request');
  });

  it('refuses an endpoint that needs a body without one', async () => {
    expect((await refusal({ body: { kind: 'none' } })).message).toContain('empty');
    expect((await refusal({ body: '' })).message).toContain('empty');
  });

  it('reads nothing of a body that is streamed', async () => {
    const stream = Readable.from([]);
    const call = await passedOn({ body: { kind: 'stream', stream, length: null }, endpoint: { body: 'stream' } });
    expect(call).toMatchObject({ envelope: null, model: null });
    expect(stream.readableDidRead).toBe(false);
    expect((await passedOn({ body: { kind: 'none' }, endpoint: { body: 'stream' } })).envelope).toBeNull();
  });

  it.each([
    [['anthropic-version', '2023-06-01'], '', 'anthropic-messages'],
    [['x-api-key', 'k'], '', 'anthropic-messages'],
    [['X-Goog-Api-Key', 'k'], '', 'gemini'],
    [[], '?pageSize=3&key=k', 'gemini'],
    [[], '?monkey=k', 'openai-chat'],
    [['authorization', 'Bearer k'], '', 'openai-chat'],
  ])('tells by %j and query %j whose a shared path is', async (headers, query, dialect) => {
    const endpoint = { shared: true, dialect: 'openai-chat', body: 'stream' } as const;
    const call = await passedOn({ headers, query, endpoint, body: { kind: 'none' } });
    expect([call.dialect, call.record.dialect]).toEqual([dialect, dialect]);
  });
});
