import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { call as testCall, type CallParts } from '../../../test/support/exchange.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { Call, Envelope, RequestBody, Target } from '../exchange.ts';
import type { Outcome, RequestRecord } from '../record.ts';
import type { Reply } from '../reply.ts';
import { StreamEvent } from '../stream-events.ts';
import { priceTable } from './prices/price-table.ts';
import type { PriceFile } from './prices/price-row.ts';
import { free, pricing } from './prices/pricing.ts';
import { tokenCounter, type TokenCounterParts } from './stage.ts';
import { usageProgress } from './usage-progress.ts';

const shipped = JSON.parse(readFileSync('templates/prices.json', 'utf8')) as PriceFile;

interface Refined {
  readonly id: string;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly cost: RequestRecord['cost'];
}

function harness(more: Partial<TokenCounterParts> = {}) {
  const refined: Refined[] = [];
  const progress = usageProgress();
  const stage = tokenCounter({
    usage: 'inject',
    progress,
    pricing: pricing(priceTable(shipped.rows)),
    estimator: { count: async (text) => text.split(/\s+/).length, close: () => undefined },
    isLocal: (provider) => provider === 'ollama',
    refined: ({ id }, { tokens, cost }) => void refined.push({ id, tokens, cost }),
    ...more,
  });
  return { stage, refined, progress };
}

type Parts = CallParts & { readonly provider?: string };

/** A call as it comes to the stage: its record as the server makes it. */
function callOf({ provider = 'anthropic', ...parts }: Parts): Call {
  const record = requestRecord({
    provider,
    model: parts.model ?? null,
    askedModel: parts.model ?? null,
    outcome: null,
    tokens: null,
    cost: free,
    exactness: 'exact',
    bytesOut: 0,
    intent: { kind: parts.endpoint?.intent ?? 'generate', streamed: parts.streamed ?? false, tools: false, turn: null },
  });
  return testCall({ record, ...parts });
}

function replyOf(more: Partial<Reply> = {}): Reply {
  const body = { start: () => undefined, pause: () => undefined, resume: () => undefined, cancel: () => undefined };
  return { status: 200, headers: [], dialect: 'anthropic-messages', hasBody: true, body, layers: [], ...more };
}

const target = (provider: string): Target => ({
  provider,
  origin: 'http://127.0.0.1',
  path: '/',
  model: null,
  firstByteMs: null,
  credential: null,
  local: false,
  allowsPrivate: true,
});

/** Plays the pipeline's inside and the relay: hands the reply's content to the stage's observer and ends the exchange. */
async function play(
  parts: Parts,
  content: { body?: object | string; events?: readonly StreamEvent[]; outcome?: Outcome; reply?: Partial<Reply> },
  { stage } = harness(),
) {
  const call = callOf(parts);
  const reply = await stage.handle(call, async () => replyOf(content.reply));
  const observers = reply.layers.flatMap((layer) => ('observer' in layer ? [layer.observer] : []));
  for (const observer of observers) {
    for (const event of content.events ?? []) observer.event?.(event);
    if (content.body !== undefined) {
      observer.body?.(Buffer.from(typeof content.body === 'string' ? content.body : JSON.stringify(content.body)));
    }
    observer.ended?.(content.outcome ?? 'ok', call.record);
  }
  return call.record;
}

const claude = {
  model: 'claude-opus-5-5-20260922',
  usage: {
    input_tokens: 1000,
    output_tokens: 500,
    service_tier: 'standard',
    inference_geo: 'us',
    cache_creation: null,
  },
};
const sse = (data: { type: string } & Record<string, unknown>): StreamEvent =>
  new StreamEvent(data.type, JSON.stringify(data));
const unnamed = (data: object): StreamEvent => new StreamEvent('', JSON.stringify(data));

describe('a whole reply', () => {
  it('completes the record with the model that answered, tokens, cost, and the usage as it came', async () => {
    const record = await play({ model: 'claude-opus-5-5' }, { body: claude });
    expect(record).toMatchObject({
      model: 'claude-opus-5-5-20260922',
      askedModel: 'claude-opus-5-5',
      tokens: { input: 1000, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 500, reasoning: 0 },
      cost: { picodollars: ((1000 * 4 + 500 * 20) * 1_000_000 * 11) / 10, savedPicodollars: 0, unpricedReason: null },
      exactness: 'exact',
      evidence: { usage: claude.usage, mode: null, geo: 'us' },
    });
  });

  it('that cannot be true is estimated from its texts', async () => {
    const parts = { model: 'claude-opus-5-5', body: JSON.stringify({ prompt: 'x'.repeat(1000) }) };
    const record = await play(parts, { body: { ...claude, usage: { input_tokens: -1 } } });
    expect(record.exactness).toBe('estimated');
    expect(record.tokens?.input).toBe(Math.ceil((parts.body.length / 4) * 1.4));
    expect(record.cost.picodollars).toBeGreaterThan(0);
  });

  it('with an error status and no usage cost nothing', async () => {
    const record = await play({ model: 'claude-opus-5-5' }, { body: { type: 'error' }, reply: { status: 529 } });
    expect(record).toMatchObject({ tokens: null, cost: { picodollars: 0 }, exactness: 'exact' });
  });

  it('that did not come from the provider cost nothing', async () => {
    const record = await play({ model: 'claude-opus-5-5' }, { outcome: 'upstream_protocol' });
    expect(record).toMatchObject({ tokens: null, cost: { picodollars: 0 } });
  });

  it('of a local provider costs nothing', async () => {
    const record = await play({ provider: 'ollama', model: 'llama' }, { body: claude });
    expect(record).toMatchObject({ tokens: { input: 1000 }, cost: { picodollars: 0 }, exactness: 'exact' });
  });

  it('of a provider without prices has tokens and no cost', async () => {
    const record = await play({ provider: 'groq' }, { body: claude });
    expect(record).toMatchObject({
      tokens: { input: 1000 },
      cost: { picodollars: null, unpricedReason: 'unknown_provider' },
      exactness: 'exact',
    });
  });

  it('that could not be read is estimated by its length, and no higher than the request allows', async () => {
    const call = callOf({ model: 'claude-opus-4-6', envelope: { maxTokens: 300 } as Envelope });
    call.record.bytesOut = 400;
    const short = await harness().stage.handle(call, async () => replyOf());
    ended(short, call);
    expect(call.record).toMatchObject({ tokens: { output: 108 }, exactness: 'estimated' });
    call.record.bytesOut = 400_000;
    ended(short, call);
    expect(call.record).toMatchObject({ tokens: { output: 300 } });
  });

  it('of embeddings without usage is estimated from what went in alone', async () => {
    const parts = {
      provider: 'gemini',
      dialect: 'gemini' as const,
      endpoint: { intent: 'embed' as const },
      body: JSON.stringify({ text: 'some words to embed' }),
    };
    const record = await play(parts, { body: { embedding: { values: [0.1, 0.2] } } });
    expect(record).toMatchObject({
      tokens: { input: Math.ceil(parts.body.length / 4), output: 0 },
      exactness: 'estimated',
    });
  });
});

function ended(reply: Reply, call: Call, outcome: Outcome = 'ok'): void {
  for (const layer of reply.layers) if ('observer' in layer) layer.observer.ended?.(outcome, call.record);
}

describe('a subscription', () => {
  const oauth = ['Authorization', 'Bearer sk-ant-oat01-abc'];

  it('is told by its OAuth token, and priced by list', async () => {
    const record = await play({ headers: oauth }, { body: claude });
    expect(record).toMatchObject({ exactness: 'subscription', cost: { unpricedReason: null } });
    expect(record.cost.picodollars).toBeGreaterThan(0);
  });

  it.each([
    [['authorization', 'Bearer sk-ant-api03-abc']],
    [[...oauth, 'x-api-key', 'sk-ant-api03-abc']],
    [['x-api-key', 'sk-ant-oat01-abc']],
  ])('is not what %j brings', async (headers) => {
    expect(await play({ headers }, { body: claude })).toMatchObject({ exactness: 'exact' });
  });
});

describe('an endpoint without usage', () => {
  const unmetered = { metered: false } as const;

  it.each(['count', 'list'] as const)('that is there to %s is free', async (intent) => {
    const record = await play({ endpoint: { ...unmetered, intent } }, { body: { input_tokens: 5 } });
    expect(record).toMatchObject({ tokens: null, cost: { picodollars: 0 }, exactness: 'exact' });
  });

  it.each(['file', 'batch', 'other'] as const)('of the kind %s has an unknown cost', async (intent) => {
    const record = await play({ endpoint: { ...unmetered, intent } }, { body: claude });
    expect(record).toMatchObject({
      tokens: null,
      cost: { picodollars: null, unpricedReason: 'unmetered' },
      exactness: 'unmetered',
    });
  });

  it('costs nothing where it failed', async () => {
    const record = await play({ endpoint: { ...unmetered, intent: 'batch' } }, { reply: { status: 404 } });
    expect(record).toMatchObject({ cost: { picodollars: 0 }, exactness: 'exact' });
  });
});

describe('a stream that is cut', () => {
  const start = sse({ type: 'message_start', message: { ...claude, usage: { ...claude.usage, output_tokens: 1 } } });
  const delta = (text: string): StreamEvent =>
    sse({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
  const text = 'twelve bytes';

  it('behind its first usage has an exact input and an estimated output', async () => {
    const events = [start, delta(text), delta(text), delta(text)];
    const record = await play({ model: 'claude-opus-5-5', streamed: true }, { events, outcome: 'client_abort' });
    expect(record).toMatchObject({
      tokens: { input: 1000, output: Math.ceil((36 / 4) * 1.4) },
      exactness: 'partial',
      model: 'claude-opus-5-5-20260922',
    });
    expect(record.cost.picodollars).toBeGreaterThan(0);
  });

  it('before any usage is an estimate of the model that was asked for', async () => {
    const parts = {
      provider: 'openai',
      dialect: 'openai-chat',
      model: 'gpt-5',
      streamed: true,
      body: 'x'.repeat(40),
    } as const;
    const events = [unnamed({ choices: [{ delta: { content: text } }] })];
    const record = await play(parts, { events, outcome: 'upstream_truncated' });
    expect(record).toMatchObject({
      tokens: { input: 10, output: 3 },
      cost: { picodollars: 10 * 1_250_000 + 3 * 10_000_000 },
      exactness: 'estimated',
      model: 'gpt-5',
    });
  });

  it('behind its last usage is exact', async () => {
    const last = sse({ type: 'message_delta', delta: {}, usage: { output_tokens: 500 } });
    expect(await play({ streamed: true }, { events: [start, last], outcome: 'upstream_truncated' })).toMatchObject({
      tokens: { output: 500 },
      exactness: 'exact',
    });
  });

  it('is refined by the count of its texts, when the record has been handed on', async () => {
    const { stage, refined } = harness();
    const parts = {
      provider: 'openai',
      dialect: 'openai-chat',
      model: 'gpt-5',
      streamed: true,
      body: '{"a": "b c"}',
    } as const;
    const events = [unnamed({ choices: [{ delta: { content: 'one two three' } }] })];
    const record = await play(
      parts,
      { events, outcome: 'client_abort' },
      { stage, refined, progress: usageProgress() },
    );
    const rough = record.tokens;
    await new Promise(setImmediate);
    expect(refined).toMatchObject([{ id: record.id, tokens: { input: 3, output: 3 } }]);
    expect(refined[0]?.cost.picodollars).toBe(3 * 1_250_000 + 3 * 10_000_000);
    expect(record.tokens).toBe(rough);
  });

  it('keeps its rough estimate where nobody can count', async () => {
    const { stage, refined } = harness({ estimator: { count: async () => null, close: () => undefined } });
    await play(
      { streamed: true },
      { events: [start, delta(text)], outcome: 'client_abort' },
      { stage, refined, progress: usageProgress() },
    );
    await new Promise(setImmediate);
    expect(refined).toEqual([]);
  });
});

describe('progress', () => {
  it('tells what a stream has used so far, and nothing of what is over or was never streamed', async () => {
    const { stage, progress } = harness();
    const call = callOf({ streamed: true });
    expect(progress.of(call.record)).toBeNull();
    const reply = await stage.handle(call, async () => replyOf());
    const observer = reply.layers.flatMap((layer) => ('observer' in layer ? [layer.observer] : []))[0];
    observer?.event?.(
      sse({ type: 'message_start', message: { ...claude, usage: { ...claude.usage, output_tokens: 1 } } }),
    );
    const first = progress.of(call.record);
    observer?.event?.(sse({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'x'.repeat(400) } }));
    const second = progress.of(call.record);
    expect(first?.tokens).toMatchObject({ input: 1000, output: 1 });
    expect(second?.tokens.output).toBeGreaterThanOrEqual(100);
    expect(second?.picodollars).toBeGreaterThan(first?.picodollars ?? Infinity);
    call.record.outcome = 'ok';
    expect(progress.of(call.record)).toBeNull();
  });
});

const chatBody = '{"model":"gpt-5","stream":true}';
const chatEnvelope: Envelope = {
  model: 'gpt-5',
  modelSpan: null,
  stream: true,
  streamOptions: null,
  includeUsage: null,
  maxTokens: null,
  choices: 1,
  tools: false,
  serviceTier: null,
  membersStart: 1,
  duplicates: [],
};

/** What is sent to a provider for a streamed Chat request, and the transforms that its reply gets. */
async function chat(
  provider: string,
  options: { parts?: Parts; usage?: 'inject' | 'asIs'; reply?: Partial<Reply> } = {},
) {
  const { stage } = harness({ usage: options.usage ?? 'inject' });
  const call = callOf({
    provider,
    dialect: 'openai-chat',
    streamed: true,
    body: chatBody,
    envelope: chatEnvelope,
    model: 'gpt-5',
    ...options.parts,
  });
  let sent: RequestBody | null = null;
  const reply = await stage.handle(call, async (inner) => {
    sent = inner.bodyFor(target(provider));
    return replyOf({ dialect: 'openai-chat', ...options.reply });
  });
  const bytes = (sent as RequestBody | null)?.kind === 'bytes' ? (sent as unknown as { bytes: Buffer }).bytes : null;
  return {
    call,
    sent: bytes?.toString(),
    layers: reply.layers,
    transforms: reply.layers.filter((layer) => 'transform' in layer),
  };
}

function kindsOf(layers: Reply['layers']): unknown[] {
  return layers.map((layer) => Object.keys(layer)[0]);
}

describe('a Chat stream whose client did not ask for usage', () => {
  const asked = '{"stream_options":{"include_usage":true},"model":"gpt-5","stream":true}';

  it('is made to tell it by the provider named openai, and the client does not see it', async () => {
    const { sent, layers } = await chat('openai');
    expect(sent).toBe(asked);
    // The usage has to be read before its chunk is taken out.
    expect(kindsOf(layers)).toEqual(['observer', 'observer', 'transform']);
  });

  it.each([
    ['goes to another provider', 'groq', {}],
    ['is to be left as it is', 'openai', { usage: 'asIs' }],
    ['asked by itself', 'openai', { parts: { envelope: { ...chatEnvelope, includeUsage: true } } }],
    ['is not streamed', 'openai', { parts: { streamed: false } }],
    ['is compressed', 'openai', { parts: { envelope: { ...chatEnvelope, membersStart: null } } }],
    ['has no envelope', 'openai', { parts: { envelope: null } }],
    ['is of another dialect', 'openai', { parts: { dialect: 'openai-responses' } }],
  ] as const)('keeps its bytes where it %s', async (_, provider, options) => {
    const { sent, transforms } = await chat(provider, options as Parameters<typeof chat>[1]);
    expect(sent).toBe(chatBody);
    expect(transforms).toEqual([]);
  });

  it('keeps what another stage made of its bytes', async () => {
    const { stage } = harness();
    const call = callOf({ provider: 'openai', dialect: 'openai-chat', streamed: true, envelope: chatEnvelope });
    const spliced: RequestBody = { kind: 'bytes', bytes: Buffer.from('{"model":"other","stream":true}') };
    const reply = await stage.handle({ ...call, bodyFor: () => spliced }, async (inner) => {
      expect(inner.bodyFor(target('openai'))).toBe(spliced);
      return replyOf();
    });
    expect(kindsOf(reply.layers)).toEqual(['observer', 'observer']);
  });

  it('has its reply left alone where that is an error or compressed', async () => {
    expect((await chat('openai', { reply: { status: 429 } })).transforms).toEqual([]);
    expect((await chat('openai', { reply: { headers: ['Content-Encoding', 'gzip'] } })).transforms).toEqual([]);
  });

  it('follows the target that answers: a second attempt elsewhere is neither asked nor changed', async () => {
    const { stage } = harness();
    const call = callOf({
      provider: 'backup',
      dialect: 'openai-chat',
      streamed: true,
      body: chatBody,
      envelope: chatEnvelope,
    });
    const reply = await stage.handle(call, async (inner) => {
      inner.bodyFor(target('openai'));
      expect(inner.bodyFor(target('backup'))).toBe(call.body);
      return replyOf();
    });
    expect(kindsOf(reply.layers)).toEqual(['observer', 'observer']);
  });

  it('asks again with the same bytes when it is retried', async () => {
    const { stage } = harness();
    const call = callOf({
      provider: 'openai',
      dialect: 'openai-chat',
      streamed: true,
      body: chatBody,
      envelope: chatEnvelope,
    });
    await stage.handle(call, async (inner) => {
      expect(inner.bodyFor(target('openai'))).toEqual(inner.bodyFor(target('openai')));
      return replyOf();
    });
  });
});

describe('a request that fails inside', () => {
  it('goes on failing, with a record that cost nothing', async () => {
    const { stage } = harness();
    const call = callOf({});
    await expect(stage.handle(call, () => Promise.reject(new Error('unreachable')))).rejects.toThrow('unreachable');
    expect(call.record.cost).toEqual(free);
  });
});

describe('a compressed request', () => {
  it('is estimated by its length', async () => {
    const bytes = gzipSync('{"prompt":"words"}');
    const record = await play({ provider: 'openai', model: 'gpt-5', body: { kind: 'bytes', bytes } }, { body: '{}' });
    expect(record.tokens?.input).toBe(Math.ceil(bytes.length / 4));
  });
});
