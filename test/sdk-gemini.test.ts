import { createHash } from 'node:crypto';
import {
  GoogleGenAI,
  type GenerateContentParameters,
  type GenerateContentResponse,
  type GenerateContentResponseUsageMetadata,
} from '@google/genai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackProxy, type LoopbackProxy } from './support/loopback.ts';

let world: LoopbackProxy;
let client: GoogleGenAI;
/** The same without a proxy between. */
let direct: GoogleGenAI;
beforeAll(async () => {
  world = await startLoopbackProxy();
  client = clientOf(world.url);
  direct = clientOf(world.loopback.url);
});
beforeEach(() => world.skipRecords());
afterAll(() => world.close());

const clientOf = (baseUrl: string) => new GoogleGenAI({ apiKey: 'mine', httpOptions: { baseUrl } });
const model = 'gemini-3.5-flash';
const directed = (directives: string) => ({ httpOptions: { headers: { 'x-loopback': directives } } });
const ask = (directives: string): GenerateContentParameters => ({
  model,
  contents: 'Grüße',
  config: directed(directives),
});
const counted = 'in=500; cacheread=1024; tokens=40; thinking=5';
const gemini = { dialect: 'gemini', provider: 'gemini' };
const asked = { ...gemini, intent: 'generate', asked_model: model };
const fine = { ...asked, model, status: 200, outcome: 'ok', exactness: 'exact' };
// 500 at $1.50, 1,024 at $0.15 and 40 at $9 a million.
const cost_picodollars = String(750_000_000 + 153_600_000 + 360_000_000);

function tokensOf(usage: GenerateContentResponseUsageMetadata | undefined) {
  const {
    promptTokenCount = 0,
    cachedContentTokenCount = 0,
    candidatesTokenCount = 0,
    thoughtsTokenCount = 0,
  } = usage ?? {};
  return {
    input: promptTokenCount - cachedContentTokenCount,
    cache_read: cachedContentTokenCount,
    cache_write: 0,
    cache_write_1h: 0,
    output: candidatesTokenCount + thoughtsTokenCount,
    reasoning: thoughtsTokenCount,
  };
}

async function chunksOf(request: GenerateContentParameters): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of await client.models.generateContentStream(request)) chunks.push(chunk);
  return chunks;
}

/** Without what the SDK adds of the HTTP answer, which has a date. */
const said = ({ sdkHttpResponse: _unused, ...response }: GenerateContentResponse) => response;

describe('generateContent through the official Gemini SDK', () => {
  it('gets the provider’s own answer with its thoughts, and its price is exact', async () => {
    const response = await client.models.generateContent(ask(counted));
    const record = await world.nextRecord();
    // The id is a hash of the request: its bytes have arrived as they were.
    expect(said(response)).toEqual(said(await direct.models.generateContent(ask(counted))));
    expect(response.candidates?.[0]?.content?.parts).toMatchObject([{ thought: true }, { text: response.text }]);
    expect(response.sdkHttpResponse?.headers).toMatchObject({ 'x-tokenpak-request-id': record.id });
    expect(record).toMatchObject({
      ...fine,
      stream: false,
      tokens: tokensOf(response.usageMetadata),
      cost_picodollars,
    });
    expect(record.tokens).toEqual({
      input: 500,
      cache_read: 1024,
      cache_write: 0,
      cache_write_1h: 0,
      output: 40,
      reasoning: 5,
    });
  });

  it('streams the same text, with a usage that grows', async () => {
    const chunks = await chunksOf(ask(counted));
    const whole = await direct.models.generateContent(ask(counted));
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe(whole.text);
    const usage = chunks.at(-1)?.usageMetadata;
    expect(usage).toEqual(whole.usageMetadata);
    const record = { ...fine, stream: true, tokens: tokensOf(usage), cost_picodollars };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it('streams an array where events were not asked for', async () => {
    const path = `/v1beta/models/${model}:streamGenerateContent?key=mine`;
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] });
    const headers = { 'content-type': 'application/json', 'x-loopback': `${counted}; tps=2000` };
    const texts = await Promise.all(
      [world.url, world.loopback.url].map(async (origin) =>
        (await fetch(origin + path, { method: 'POST', headers, body })).text(),
      ),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(JSON.parse(texts[0] ?? '')).toHaveLength(40);
    expect(await world.nextRecord()).toMatchObject({ ...fine, stream: true, cost_picodollars });
  });

  it.each(['plain', 'streamed'])('calls functions in parallel and takes their results (%s)', async (how) => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const functionDeclarations = ['weather', 'time'].map((name) => ({ name, parametersJsonSchema: schema }));
    const config = { ...directed('tools=2'), tools: [{ functionDeclarations }] };
    const run = async (contents: GenerateContentParameters['contents']) => {
      const request = { model, contents, config };
      return how === 'plain' ? [await client.models.generateContent(request)] : chunksOf(request);
    };
    const turn = { role: 'user', parts: [{ text: 'Hello' }] };
    const called = await run([turn]);
    const parts = called.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    const calls = parts.map(({ functionCall }) => functionCall);
    expect(calls).toMatchObject(['weather', 'time'].map((name) => ({ name, args: { city: 'text' } })));
    expect(parts[0]?.thoughtSignature).toMatch(/^\S+$/);
    const results = ['weather', 'time'].map((name) => ({ functionResponse: { name, response: { output: 'sunny' } } }));
    const answered = await run([turn, { role: 'model', parts }, { role: 'user', parts: results }]);
    expect(answered.map(({ text }) => text ?? '').join('')).toMatch(/^Loopback/);
    expect(await world.nextRecords(2)).toMatchObject(
      [called, answered].map((chunks) => ({
        ...fine,
        tools: true,
        stream: how === 'streamed',
        tokens: tokensOf(chunks.at(-1)?.usageMetadata),
      })),
    );
  });

  it('sends images', async () => {
    const data = Buffer.alloc(300_000, 7).toString('base64');
    const contents = [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data } }] }];
    const response = await client.models.generateContent({ model, contents });
    expect(said(response)).toEqual(said(await direct.models.generateContent({ model, contents })));
    expect(await world.nextRecord()).toMatchObject({ ...fine, tokens: tokensOf(response.usageMetadata) });
  });

  it('is answered by the proxy’s own loopback provider where the model is called so, at its demo price', async () => {
    const name = 'loopback-in1000-tokens100-thinking';
    const response = await client.models.generateContent({ model: name, contents: 'Hello' });
    expect(response).toMatchObject({ modelVersion: name, usageMetadata: { promptTokenCount: 1000 } });
    // 1,000 at $2 and 100 at $10 a million.
    const cost = { cost_picodollars: String(2_000_000_000 + 1_000_000_000) };
    const record = { ...fine, model: name, asked_model: name, provider: 'loopback', ...cost };
    expect(await world.nextRecord()).toMatchObject(record);
  });

  it('streams fifty at once, each whole and to its own client', async () => {
    const outputs = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const chunks = await chunksOf({ model: `loopback-tokens${50 + index}-tps500`, contents: 'Hello' });
        expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
        return chunks.length;
      }),
    );
    expect(outputs).toEqual(Array.from({ length: 50 }, (_, index) => 50 + index));
    const records = await world.nextRecords(50);
    expect(records.every(({ outcome, stream }) => outcome === 'ok' && stream)).toBe(true);
    expect(new Set(records.map(({ tokens }) => tokens?.['output']))).toEqual(new Set(outputs));
  });
});

describe('the other endpoints through the official Gemini SDK', () => {
  const unmetered = { exactness: 'unmetered', cost_usd: null, unpriced_reason: 'unmetered', tokens: null };

  it('counts tokens, lists and reads models, for nothing', async () => {
    const response = await client.models.countTokens({ model, contents: 'Hello', config: directed('in=12') });
    expect(response.totalTokens).toBe(12);
    const models = [];
    for await (const { name } of await client.models.list()) models.push(name);
    expect(models).toContain('models/loopback');
    expect((await client.models.get({ model })).name).toBe(`models/${model}`);
    const free = { ...gemini, status: 200, outcome: 'ok', cost_usd: 0, tokens: null };
    const intents = ['count', 'list', 'list'];
    expect(await world.nextRecords(3)).toMatchObject(intents.map((intent) => ({ ...free, intent })));
  });

  it('embeds, of which Gemini tells no usage', async () => {
    const embedding = { model: 'gemini-embedding-001', contents: ['one', 'two'] };
    const { embeddings } = await client.models.embedContent(embedding);
    expect(embeddings?.map(({ values }) => values?.length)).toEqual([8, 8]);
    const record = { ...gemini, intent: 'embed', asked_model: embedding.model, outcome: 'ok', exactness: 'estimated' };
    expect(await world.nextRecord()).toMatchObject({ ...record, tokens: { output: 0 } });
  });

  it('sends a file, which arrives as it left, reads of it and deletes it', async () => {
    const bytes = Buffer.alloc(3_000_000, 'some bytes of a file ');
    const sdkFile = await client.files.upload({ file: new Blob([bytes]), config: { mimeType: 'text/plain' } });
    expect(sdkFile).toMatchObject({ state: 'ACTIVE', sizeBytes: '3000000' });
    const headers = { 'x-goog-api-key': 'mine', 'x-goog-upload-protocol': 'raw', 'content-type': 'text/plain' };
    const response = await fetch(`${world.url}/upload/v1beta/files`, { method: 'POST', headers, body: bytes });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { file } = (await response.json()) as { file: { name: string; sha256Hash: string } };
    expect(Buffer.from(file.sha256Hash, 'base64').toString()).toBe(sha256);
    expect((await client.files.get({ name: file.name })).name).toBe(file.name);
    await client.files.delete({ name: file.name });
    const records = await world.nextRecords(4);
    expect(records).toMatchObject(records.map(() => ({ ...gemini, ...unmetered, intent: 'file', outcome: 'ok' })));
  });

  it('keeps contents in the cache', async () => {
    const cached = await client.caches.create({ model, config: { displayName: 'mine' } });
    expect(cached).toMatchObject({ displayName: 'mine', model: `models/${model}` });
    expect((await client.caches.get({ name: cached.name ?? '' })).name).toBe(cached.name);
    await client.caches.update({ name: cached.name ?? '', config: { ttl: '60s' } });
    await client.caches.delete({ name: cached.name ?? '' });
    const records = await world.nextRecords(4);
    expect(records).toMatchObject(records.map(() => ({ ...gemini, ...unmetered, intent: 'other', outcome: 'ok' })));
  });
});
