import { createHash } from 'node:crypto';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';

let world: LoopbackProxy;
let client: OpenAI;
beforeAll(async () => {
  world = await startLoopbackProxy();
  client = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'sk-mine', maxRetries: 0 });
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const directed = (directives: string) => ({ headers: { 'x-loopback': directives } });
const fine = { provider: 'openai', dialect: 'openai-chat', stream: false, status: 200, outcome: 'ok' };
const unmetered = { ...fine, exactness: 'unmetered', cost_usd: null, unpriced_reason: 'unmetered', tokens: null };

it('embeddings come as numbers and as base64, and are priced', async () => {
  const body = { model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 12 };
  const base64 = await client.embeddings.create(body, directed('in=500'));
  const floats = await client.embeddings.create({ ...body, encoding_format: 'float' }, directed('in=500'));
  for (const { data, usage } of [base64, floats]) {
    expect(data.map(({ embedding }) => embedding.length)).toEqual([12, 12]);
    expect(data.flatMap(({ embedding }) => embedding).every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(usage).toEqual({ prompt_tokens: 500, total_tokens: 500 });
  }
  const tokens = { input: 500, cache_read: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 };
  // 500 at $0.02 a million.
  const record = {
    ...fine,
    intent: 'embed',
    model: body.model,
    exactness: 'exact',
    tokens,
    cost_picodollars: '10000000',
  };
  expect(await world.nextRecords(2)).toMatchObject([record, record]);
});

it('models are listed and read, for nothing', async () => {
  expect((await client.models.list()).data.map(({ id }) => id)).toContain('loopback-fast');
  expect(await client.models.retrieve('gpt-6.2-sol')).toMatchObject({ object: 'model', id: 'gpt-6.2-sol' });
  const list = { ...fine, intent: 'list', cost_usd: 0, tokens: null };
  expect(await world.nextRecords(2)).toMatchObject([list, list]);
});

it('a file arrives as it left, and is read back', async () => {
  let sent = Buffer.alloc(0);
  const watching: typeof fetch = async (url, init) => {
    const request = new Request(url, init);
    sent = Buffer.from(await request.clone().arrayBuffer());
    return fetch(request);
  };
  const bytes = Buffer.alloc(3_000_000, 'some bytes of a file ');
  const uploading = client.withOptions({ fetch: watching });
  const file = await uploading.files.create({ file: await toFile(bytes, 'a.jsonl'), purpose: 'batch' });
  expect(sent.length).toBeGreaterThan(bytes.length);
  const sha256 = createHash('sha256').update(sent).digest('hex');
  expect(file).toMatchObject({ object: 'file', bytes: sent.length, sha256 });
  expect(await client.files.retrieve(file.id)).toMatchObject({ id: file.id });
  expect(await (await client.files.content(file.id)).text()).toBe('loopback\n');
  expect((await client.files.list()).data).toHaveLength(1);
  expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
  const records = await world.nextRecords(5);
  expect(records).toMatchObject(records.map(() => ({ ...unmetered, intent: 'file' })));
});

it('an upload in parts', async () => {
  const described = { bytes: 4, filename: 'f', mime_type: 'text/plain', purpose: 'user_data' as const };
  const { id } = await client.uploads.create(described);
  const part = await client.uploads.parts.create(id, { data: await toFile(Buffer.from('data'), 'part') });
  expect(part).toMatchObject({ object: 'upload.part', upload_id: id });
  expect(await client.uploads.complete(id, { part_ids: [part.id] })).toMatchObject({ status: 'completed' });
  const records = await world.nextRecords(3);
  expect(records).toMatchObject(records.map(() => ({ ...unmetered, intent: 'file' })));
});

it('batches are made, read and cancelled', async () => {
  const made = { input_file_id: 'file-1', endpoint: '/v1/responses' as const, completion_window: '24h' as const };
  const batch = await client.batches.create(made);
  expect(batch).toMatchObject({ status: 'validating', endpoint: '/v1/responses', input_file_id: 'file-1' });
  expect(await client.batches.retrieve(batch.id)).toMatchObject({ id: batch.id, status: 'completed' });
  expect(await client.batches.cancel(batch.id)).toMatchObject({ status: 'cancelled' });
  expect((await client.batches.list()).data).toHaveLength(1);
  const records = await world.nextRecords(4);
  expect(records).toMatchObject(records.map(() => ({ ...unmetered, intent: 'batch' })));
});

it('conversations and vector stores', async () => {
  const conversation = await client.conversations.create();
  expect((await client.conversations.items.list(conversation.id)).data).toEqual([]);
  expect(await client.conversations.delete(conversation.id)).toMatchObject({ object: 'conversation.deleted' });
  expect(await client.vectorStores.create({ name: 'mine' })).toMatchObject({ name: 'mine', status: 'completed' });
  const records = await world.nextRecords(4);
  expect(records).toMatchObject(records.map(() => ({ ...unmetered, intent: 'other' })));
});

it('images, speech, transcripts and moderations', async () => {
  const { data } = await client.images.generate({ prompt: 'a dot', model: 'gpt-image-2' });
  expect(Buffer.from(data?.[0]?.b64_json ?? '', 'base64').toString('latin1', 1, 4)).toBe('PNG');
  const file = await toFile(Buffer.alloc(100_000), 'a.wav');
  const heard = await client.audio.transcriptions.create({ file, model: 'whisper-1' });
  expect(heard.text).toMatch(/^Loopback heard 100\d{3} bytes\.$/);
  const said = { model: 'tts-1', voice: 'alloy', input: 'Hello' };
  const spoken = await client.audio.speech.create(said, directed('size=100000'));
  expect(Buffer.from(await spoken.arrayBuffer()).equals(Buffer.alloc(100_000, 'loopback'))).toBe(true);
  const moderated = await client.moderations.create({ input: ['a', 'b'] });
  expect(moderated.results.map(({ flagged }) => flagged)).toEqual([false, false]);
  const records = await world.nextRecords(4);
  expect(records).toMatchObject(records.map(() => ({ ...unmetered, intent: 'other' })));
});
