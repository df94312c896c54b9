import { createGoogleGenerativeAI } from '@ai-sdk/google';
import {
  type ApiError,
  GoogleGenAI,
  type GenerateContentParameters,
  type GenerateContentResponse,
} from '@google/genai';
import { embed, generateText, jsonSchema, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLoopback, type Loopback } from './index.ts';

let loopback: Loopback;
let client: GoogleGenAI;
beforeAll(async () => {
  loopback = await startLoopback();
  client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: loopback.url } });
});
afterAll(() => loopback.close());

const parametersJsonSchema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema }, { name: 'clock' }] }];

async function chunksOf(request: GenerateContentParameters): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of await client.models.generateContentStream(request)) chunks.push(chunk);
  return chunks;
}

describe('the official Gemini SDK', () => {
  it('gets content with every usage field', async () => {
    const model = 'loopback-in500-tokens40-thinking5-cacheread20';
    const response = await client.models.generateContent({ model, contents: 'Hello' });
    expect(response.text).toMatch(/^Loopback answers come/);
    expect(response.candidates?.[0]).toMatchObject({
      finishReason: 'STOP',
      content: { parts: [{ thought: true }, {}] },
    });
    expect(response.modelVersion).toBe(model);
    expect(response.usageMetadata).toEqual({
      promptTokenCount: 520,
      candidatesTokenCount: 35,
      thoughtsTokenCount: 5,
      cachedContentTokenCount: 20,
      totalTokenCount: 560,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 520 }],
    });
  });

  it('builds the same text from a stream, with a usage that grows and one finish', async () => {
    const request = { model: 'loopback-in4-tokens20-thinking3', contents: 'Hello' };
    const chunks = await chunksOf(request);
    const whole = await client.models.generateContent(request);
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe(whole.text);
    expect(chunks.at(-1)?.usageMetadata).toEqual(whole.usageMetadata);
    const totals = chunks.map(({ usageMetadata }) => usageMetadata?.totalTokenCount ?? 0);
    expect(totals).toEqual(totals.toSorted((a, b) => a - b));
    expect(chunks.filter(({ candidates }) => candidates?.[0]?.finishReason !== undefined)).toHaveLength(1);
  });

  it('streams an array where events were not asked for', async () => {
    const url = `${loopback.url}/v1beta/models/loopback-tokens3:streamGenerateContent`;
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] });
    const plain = await fetch(url, { method: 'POST', body });
    expect(plain.headers.get('content-type')).toContain('application/json');
    expect(await plain.json()).toHaveLength(3);
    const events = await (await fetch(`${url}?alt=sse`, { method: 'POST', body })).text();
    expect(events.split('\r\n\r\n').map((event) => event.slice(0, 6))).toEqual(['data: ', 'data: ', 'data: ', '']);
  });

  it('is asked to call tools, and then answers', async () => {
    const request = { model: 'loopback-tools2', contents: 'Hello', config: { tools } };
    const calls = [
      { name: 'weather', args: { city: 'text' } },
      { name: 'clock', args: {} },
    ];
    const whole = await client.models.generateContent(request);
    expect(whole.functionCalls).toMatchObject(calls);
    expect((await chunksOf(request)).flatMap(({ functionCalls }) => functionCalls ?? [])).toMatchObject(calls);
    expect(whole.candidates?.[0]?.content?.parts?.[0]?.thoughtSignature).not.toBe('');
    const response = { functionResponse: { name: 'weather', response: { output: 'sunny' } } };
    const contents = [{ role: 'user', parts: [response] }];
    expect((await client.models.generateContent({ ...request, contents })).text).toMatch(/^Loopback/);
  });

  it('takes images', async () => {
    const parts = [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }];
    const response = await client.models.generateContent({ model: 'loopback', contents: [{ role: 'user', parts }] });
    expect(response.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('counts tokens, embeds and lists models', async () => {
    const counted = await client.models.countTokens({ model: 'loopback-in12', contents: 'Hello' });
    expect(counted.totalTokens).toBe(12);
    const embedded = await client.models.embedContent({ model: 'loopback', contents: ['one', 'two'] });
    expect(embedded.embeddings?.map(({ values }) => values?.length)).toEqual([8, 8]);
    const models = [];
    for await (const model of await client.models.list()) models.push(model.name);
    expect(models).toContain('models/loopback');
    expect((await client.models.get({ model: 'loopback' })).name).toBe('models/loopback');
  });

  it('uploads files and keeps cached contents', async () => {
    const file = await client.files.upload({ file: new Blob(['x'.repeat(5000)]), config: { mimeType: 'text/plain' } });
    expect(file).toMatchObject({ state: 'ACTIVE', sizeBytes: '5000' });
    expect((await client.files.get({ name: file.name ?? '' })).name).toBe(file.name);
    await client.files.delete({ name: file.name ?? '' });
    const cached = await client.caches.create({ model: 'loopback', config: { displayName: 'mine' } });
    expect(cached).toMatchObject({ displayName: 'mine', model: 'models/loopback' });
    expect((await client.caches.get({ name: cached.name ?? '' })).name).toBe(cached.name);
  });

  it('gets errors as its own class, with the time to come back in the body', async () => {
    const request = { model: 'loopback-status429-retryafter34', contents: 'Hello' };
    const error = await client.models.generateContent(request).catch((thrown: unknown) => thrown as ApiError);
    expect(error).toMatchObject({ status: 429 });
    expect((error as ApiError).message).toContain('"retryDelay":"34s"');
    const failing = chunksOf({ model: 'loopback-errorevent2', contents: 'Hello' });
    await expect(failing).rejects.toThrow(/UNAVAILABLE|503/);
  });
});

describe('the AI SDK for Gemini', () => {
  const provider = () => createGoogleGenerativeAI({ baseURL: `${loopback.url}/v1beta`, apiKey: 'none' });

  it('generates text', async () => {
    const result = await generateText({ model: provider()('loopback-in7-thinking'), prompt: 'Hello' });
    expect(result.text).toMatch(/^Loopback/);
    expect(result.usage).toMatchObject({
      inputTokens: 7,
      outputTokens: 24,
      outputTokenDetails: { reasoningTokens: 8 },
    });
  });

  it('streams tool calls', async () => {
    const offered = { weather: tool({ inputSchema: jsonSchema(parametersJsonSchema), execute: () => 'sunny' }) };
    const result = streamText({ model: provider()('loopback-tool'), prompt: 'Hello', tools: offered });
    expect((await result.toolResults)[0]).toMatchObject({ toolName: 'weather', output: 'sunny' });
  });

  it('embeds', async () => {
    const { embedding } = await embed({ model: provider().embedding('loopback'), value: 'Hello' });
    expect(embedding).toHaveLength(8);
  });
});
