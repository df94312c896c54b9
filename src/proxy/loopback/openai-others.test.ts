import { createHash } from 'node:crypto';
import { createOpenAI } from '@ai-sdk/openai';
import { embed, experimental_generateImage as generateImage } from 'ai';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLoopback, type Loopback } from './index.ts';

let loopback: Loopback;
let client: OpenAI;
beforeAll(async () => {
  loopback = await startLoopback();
  client = new OpenAI({ baseURL: `${loopback.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => loopback.close());

it('gives the same embeddings as base64 and as numbers', async () => {
  const body = { model: 'loopback-in5', input: ['one', 'two'], dimensions: 12 };
  const base64 = await client.embeddings.create(body);
  const floats = await client.embeddings.create({ ...body, encoding_format: 'float' });
  for (const { data } of [base64, floats]) {
    expect(data.map(({ embedding }) => embedding.length)).toEqual([12, 12]);
    expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
  }
  expect(base64.data[0]?.embedding.every((value) => Math.abs(value) <= 1)).toBe(true);
  expect(base64.usage).toEqual({ prompt_tokens: 5, total_tokens: 5 });
});

it('encodes base64 embeddings as 32-bit floats of the same vector', async () => {
  const post = async (encoding_format: string) => {
    const body = JSON.stringify({ model: 'loopback', input: 'x', encoding_format });
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    return (
      (await (await fetch(`${loopback.url}/v1/embeddings`, request)).json()) as { data: { embedding: unknown }[] }
    ).data[0]?.embedding;
  };
  const bytes = Buffer.from((await post('base64')) as string, 'base64');
  expect(Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))).toHaveLength(8);
});

it('takes an upload as a stream and tells its length and hash', async () => {
  const body = Buffer.alloc(3_000_000, 'some file ');
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const response = await fetch(`${loopback.url}/v1/files`, { method: 'POST', headers, body });
  const sha256 = createHash('sha256').update(body).digest('hex');
  expect(await response.json()).toMatchObject({ object: 'file', bytes: body.length, sha256 });
});

it('handles files, batches, uploads, conversations and vector stores', async () => {
  const file = await client.files.create({ file: await toFile(Buffer.from('{}'), 'a.jsonl'), purpose: 'batch' });
  expect(await client.files.retrieve(file.id)).toMatchObject({ id: file.id, object: 'file' });
  expect((await client.files.list()).data).toHaveLength(1);
  expect(await (await client.files.content(file.id)).text()).toBe('loopback\n');
  expect(await client.files.delete(file.id)).toMatchObject({ deleted: true, object: 'file' });
  const made = { input_file_id: file.id, endpoint: '/v1/responses' as const, completion_window: '24h' as const };
  const batch = await client.batches.create(made);
  expect(batch).toMatchObject({ status: 'validating', endpoint: '/v1/responses' });
  expect(await client.batches.retrieve(batch.id)).toMatchObject({ id: batch.id, status: 'completed' });
  expect(await client.batches.cancel(batch.id)).toMatchObject({ status: 'cancelled' });
  const upload = await client.uploads.create({
    bytes: 4,
    filename: 'f',
    mime_type: 'text/plain',
    purpose: 'user_data',
  });
  const part = await client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from('data'), 'part') });
  expect(part).toMatchObject({ object: 'upload.part', upload_id: upload.id });
  expect(await client.uploads.complete(upload.id, { part_ids: [part.id] })).toMatchObject({ status: 'completed' });
  const conversation = await client.conversations.create();
  expect((await client.conversations.items.list(conversation.id)).data).toEqual([]);
  expect(await client.conversations.delete(conversation.id)).toMatchObject({ object: 'conversation.deleted' });
  expect(await client.vectorStores.create({ name: 'mine' })).toMatchObject({ name: 'mine', status: 'completed' });
});

it('makes images, hears, speaks and moderates', async () => {
  const images = await client.images.generate({ prompt: 'a dot', model: 'loopback' });
  expect(
    Buffer.from(images.data?.[0]?.b64_json ?? '', 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  const file = await toFile(Buffer.alloc(1000), 'a.wav');
  const heard = await client.audio.transcriptions.create({ file, model: 'loopback' });
  expect(heard.text).toMatch(/^Loopback heard \d{4} bytes\.$/);
  const spoken = await client.audio.speech.create({ model: 'loopback-size100', voice: 'alloy', input: 'Hello' });
  expect((await spoken.arrayBuffer()).byteLength).toBe(100);
  const moderated = await client.moderations.create({ input: ['a', 'b'], model: 'loopback' });
  expect(moderated.results.map(({ flagged }) => flagged)).toEqual([false, false]);
});

it('lists models', async () => {
  expect((await client.models.list()).data.map(({ id }) => id)).toContain('loopback-fast');
  expect(await client.models.retrieve('loopback')).toMatchObject({ object: 'model', id: 'loopback' });
});

it('serves the AI SDK embeddings and images', async () => {
  const provider = createOpenAI({ baseURL: `${loopback.url}/v1`, apiKey: 'none' });
  const embedded = await embed({ model: provider.embedding('loopback-in5'), value: 'Hello' });
  expect(embedded).toMatchObject({ usage: { tokens: 5 } });
  expect(embedded.embedding).toHaveLength(8);
  const { image } = await generateImage({ model: provider.image('loopback'), prompt: 'a dot' });
  expect(image.mediaType).toBe('image/png');
});

it('answers what it does not know with a 404 in the dialect of the path', async () => {
  const openai = await fetch(`${loopback.url}/v1/nothing`);
  expect([openai.status, await openai.json()]).toMatchObject([404, { error: { code: 'not_found' } }]);
  const anthropic = await fetch(`${loopback.url}/v1/messages/nothing`, { method: 'POST' });
  expect([anthropic.status, await anthropic.json()]).toMatchObject([404, { error: { type: 'not_found_error' } }]);
  const gemini = await fetch(`${loopback.url}/v1beta/nothing`);
  expect([gemini.status, await gemini.json()]).toMatchObject([404, { error: { status: 'NOT_FOUND' } }]);
});
