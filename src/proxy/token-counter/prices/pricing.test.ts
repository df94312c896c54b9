import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../dialect.ts';
import type { Reading } from '../reading.ts';
import { usageDialects } from '../usage/index.ts';
import type { PriceFile } from './price-row.ts';
import { priceTable } from './price-table.ts';
import { pricing, type PricingContext } from './pricing.ts';

const file = JSON.parse(readFileSync('templates/prices.json', 'utf8')) as PriceFile;
const price = pricing(priceTable(file.rows));

const providers: Record<Dialect, string> = {
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
};

function read(dialect: Dialect, reply: object): Reading {
  const reading = usageDialects[dialect].body(JSON.stringify(reply));
  if (reading === null) throw new Error('the reply holds no usage');
  return reading;
}

function priced(dialect: Dialect, reply: object, context: Partial<PricingContext> = {}) {
  return price(read(dialect, reply), {
    provider: providers[dialect],
    local: false,
    wallMs: Date.UTC(2026, 10, 22, 12),
    model: null,
    subscription: false,
    ...context,
  });
}

const dollars = (amount: string): number => Number(BigInt(Math.round(Number(amount) * 1e12)));
const cost = (...[dialect, reply, context]: Parameters<typeof priced>) => priced(dialect, reply, context).cost;
const claude = (model: string, usage: object) => ({ model, usage: { output_tokens: 0, cache_creation: {}, ...usage } });

describe('the examples that were worked by hand', () => {
  it('Opus 5.5: fresh 1000, written 2000 for 5 minutes and 4000 for an hour, read 3000, output 500', () => {
    const reply = claude('claude-opus-5-5', {
      input_tokens: 1000,
      cache_creation_input_tokens: 6000,
      cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 4000 },
      cache_read_input_tokens: 3000,
      output_tokens: 500,
    });
    // Uncached, the 9,000 tokens would have cost 0.036; reads and writes cost 0.0426.
    expect(priced('anthropic-messages', reply)).toEqual({
      cost: { picodollars: dollars('0.0566'), savedPicodollars: dollars('-0.0066'), unpricedReason: null },
      exactness: 'exact',
    });
  });

  it('GPT-6.1 Sol: input 10,000 of which 8,000 cached and 1,000 written, output 500', () => {
    const usage = {
      input_tokens: 10_000,
      input_tokens_details: { cached_tokens: 8000, cache_write_tokens: 1000 },
      output_tokens: 500,
    };
    expect(read('openai-responses', { usage }).lines[0]?.tokens.input).toBe(1000);
    expect(cost('openai-responses', { model: 'gpt-6.1-sol', usage })).toMatchObject({
      picodollars: dollars('0.0103'),
      savedPicodollars: dollars('0.0147'),
    });
    const chat = {
      prompt_tokens: 10_000,
      prompt_tokens_details: { cached_tokens: 8000, cache_write_tokens: 1000 },
      completion_tokens: 500,
    };
    expect(cost('openai-chat', { model: 'gpt-6.1-sol', usage: chat })).toMatchObject({
      picodollars: dollars('0.0103'),
    });
  });

  it('GPT-6.1 Sol: input 300,000, output 1,000', () => {
    const usage = { input_tokens: 300_000, output_tokens: 1000 };
    expect(cost('openai-responses', { model: 'gpt-6.1-sol', usage })).toMatchObject({ picodollars: dollars('1.215') });
  });

  it('Gemini 4 Argon: prompt 5,000 of which 4,096 cached, 200 of tools, 7 of answer and 188 of thoughts', () => {
    const usageMetadata = {
      promptTokenCount: 5000,
      cachedContentTokenCount: 4096,
      toolUsePromptTokenCount: 200,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 188,
      totalTokenCount: 5395,
    };
    const reply = { modelVersion: 'gemini-4-argon', usageMetadata };
    expect(cost('gemini', reply)).toMatchObject({ picodollars: dollars('0.0045676') });
    const lastMoment = Date.UTC(2026, 11, 1) - 1;
    expect(cost('gemini', reply, { wallMs: lastMoment })).toMatchObject({ picodollars: dollars('0.0045676') });
    expect(cost('gemini', reply, { wallMs: lastMoment + 1 })).toMatchObject({ picodollars: dollars('0.0091352') });
  });
});

describe('long prompts', () => {
  it.each([
    ['claude-haiku-5-5', 100_000, '0.01'],
    ['claude-haiku-5-5', 100_001, '0.0500005'],
    ['claude-sonnet-4-5', 200_000, '0.6'],
    ['claude-sonnet-4-5', 200_001, '1.200006'],
  ])('%s with %i tokens costs %s dollars', (model, input, amount) => {
    expect(cost('anthropic-messages', claude(model, { input_tokens: input }))).toMatchObject({
      picodollars: dollars(amount),
    });
  });

  it.each([
    ['gpt-6.1-sol', 272_000, '0.554'],
    ['gpt-6.1-sol', 272_001, '1.103004'],
    ['gpt-6-astra', 272_000, '2.77'],
    ['gpt-6-astra', 272_001, '5.51502'],
    ['gpt-5.4-mini', 272_001, '0.20850075'],
  ])('%s with %i tokens and 1,000 of output costs %s dollars', (model, input, amount) => {
    const usage = { prompt_tokens: input, completion_tokens: 1000 };
    expect(cost('openai-chat', { model, usage })).toMatchObject({ picodollars: dollars(amount) });
  });

  it.each([
    [200_000, '0.412'],
    [200_001, '0.818004'],
  ])('gemini-3.1-pro-preview with %i tokens and 1,000 of output costs %s dollars', (prompt, amount) => {
    const usageMetadata = { promptTokenCount: prompt, candidatesTokenCount: 1000 };
    const reply = { modelVersion: 'gemini-3.1-pro-preview', usageMetadata };
    expect(cost('gemini', reply)).toMatchObject({ picodollars: dollars(amount) });
  });

  it('counts cache reads and writes towards the length, and not the tokens of tools', () => {
    const usage = { input_tokens: 1, cache_read_input_tokens: 50_000, cache_creation_input_tokens: 50_000 };
    expect(cost('anthropic-messages', claude('claude-haiku-5-5', usage))).toMatchObject({
      picodollars: 500_000 + 50_000 * 50_000 + 50_000 * 625_000,
    });
    const usageMetadata = { promptTokenCount: 200_000, toolUsePromptTokenCount: 5000 };
    expect(cost('gemini', { modelVersion: 'gemini-2.5-pro', usageMetadata })).toMatchObject({
      picodollars: 205_000 * 1_250_000,
    });
  });
});

describe('modes and places', () => {
  const chat = { prompt_tokens: 1000, completion_tokens: 100 };
  const base = 1000 * 2_000_000 + 100 * 10_000_000;

  it.each([
    [undefined, 1],
    [null, 1],
    ['default', 1],
    ['flex', 0.5],
    ['batch', 0.5],
    ['priority', 2],
  ])('service tier %s costs %d times the price', (serviceTier, factor) => {
    const reply = { model: 'gpt-6.1-sol', usage: chat, service_tier: serviceTier };
    expect(cost('openai-chat', reply)).toMatchObject({ picodollars: base * factor });
  });

  it('ultrafast costs three times the price until 2027-03-01 UTC, and then six times', () => {
    const reply = { model: 'gpt-6.2-sol', usage: chat, service_tier: 'ultrafast' };
    const change = Date.UTC(2027, 2, 1);
    expect(cost('openai-chat', reply, { wallMs: change - 1 })).toMatchObject({ picodollars: base * 3 });
    expect(cost('openai-chat', reply, { wallMs: change })).toMatchObject({ picodollars: base * 6 });
  });

  it('fast speed and US inference multiply', () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 100,
      speed: 'fast',
      inference_geo: 'us',
      service_tier: 'standard',
    };
    const reply = claude('claude-opus-5-5', usage);
    expect(cost('anthropic-messages', reply)).toMatchObject({ picodollars: dollars('0.0132') });
  });

  it('says that priority of Anthropic, which is paid by commitment, is an estimate', () => {
    const reply = claude('claude-opus-5-5', { input_tokens: 1000, service_tier: 'priority' });
    expect(priced('anthropic-messages', reply)).toMatchObject({
      cost: { picodollars: 4_000_000_000 },
      exactness: 'estimated',
    });
  });

  it.each([
    ['openai-chat', { model: 'gpt-6.1-sol', usage: chat, service_tier: 'scale' }, 'unknown_mode'],
    ['openai-chat', { model: 'gpt-6.2-sol', usage: chat, service_tier: 'flex' }, 'unknown_mode'],
    ['anthropic-messages', claude('claude-sonnet-5', { input_tokens: 1, speed: 'fast' }), 'unknown_mode'],
    [
      'anthropic-messages',
      claude('claude-opus-5-5', { input_tokens: 1, speed: 'fast', service_tier: 'batch' }),
      'unknown_mode',
    ],
    ['anthropic-messages', claude('claude-opus-5-5', { input_tokens: 1, inference_geo: 'eu' }), 'unknown_geo'],
    [
      'gemini',
      { modelVersion: 'gemini-2.5-pro', usageMetadata: { promptTokenCount: 1, trafficType: 'PROVISIONED_THROUGHPUT' } },
      'unknown_mode',
    ],
    [
      'gemini',
      { modelVersion: 'gemini-2.5-pro', usageMetadata: { promptTokenCount: 1, serviceTier: 'priority' } },
      'unknown_mode',
    ],
  ] as const)('has no price for what the row does not know: %s %j', (dialect, reply, reason) => {
    expect(cost(dialect, reply)).toEqual({ picodollars: null, savedPicodollars: null, unpricedReason: reason });
  });

  it('prices flex traffic of Gemini under both of its names', () => {
    for (const tier of [{ trafficType: 'ON_DEMAND_FLEX' }, { serviceTier: 'flex' }]) {
      const reply = { modelVersion: 'gemini-2.5-pro', usageMetadata: { promptTokenCount: 1000, ...tier } };
      expect(cost('gemini', reply)).toMatchObject({ picodollars: 1000 * 625_000 });
    }
  });
});

describe('what is not told is not guessed', () => {
  const chat = { prompt_tokens: 1000, completion_tokens: 100 };

  it.each([
    ['openai', 'gpt-9', 'unknown_model'],
    ['openai', 'gpt-4.1-turbo', 'unknown_model'],
    ['openai', 'claude-opus-5', 'unknown_model'],
    ['groq', 'gpt-4.1', 'unknown_provider'],
  ])('has no price for %s %s', (provider, model, reason) => {
    expect(cost('openai-chat', { model, usage: chat }, { provider })).toMatchObject({ unpricedReason: reason });
  });

  it('takes the model that was asked for where the reply names none', () => {
    expect(cost('openai-chat', { usage: chat }, { model: 'gpt-4.1' })).toMatchObject({
      picodollars: 1000 * 2_000_000 + 100 * 8_000_000,
    });
  });

  it('has no price for a kind of token that it does not know', () => {
    const usage = { ...chat, quantum_tokens: 5 };
    expect(cost('openai-chat', { model: 'gpt-4.1', usage })).toMatchObject({ unpricedReason: 'unknown_usage_field' });
  });

  it('estimates reads at a quarter of the input price where their price is not known', () => {
    const usageMetadata = { promptTokenCount: 1000, cachedContentTokenCount: 800 };
    expect(priced('gemini', { modelVersion: 'gemini-4-hydrogen', usageMetadata })).toEqual({
      cost: {
        picodollars: 200 * 1_500_000 + 800 * 375_000,
        savedPicodollars: 800 * 1_125_000,
        unpricedReason: null,
      },
      exactness: 'estimated',
    });
    expect(
      priced('gemini', { modelVersion: 'gemini-4-hydrogen', usageMetadata: { promptTokenCount: 1 } }),
    ).toMatchObject({
      exactness: 'exact',
    });
  });

  it('bills writes as input where they have no price of their own', () => {
    const usage = { ...chat, prompt_tokens_details: { cache_write_tokens: 400 } };
    expect(cost('openai-chat', { model: 'gpt-5.5', usage })).toMatchObject({
      picodollars: 1000 * 5_000_000 + 100 * 30_000_000,
      savedPicodollars: 0,
    });
  });

  it('has no price for a lifetime that the model does not offer', () => {
    const details = { cache_write_tokens: 400, cache_write_tokens_details: { ttl_12h_tokens: 400 } };
    const usage = { input_tokens: 1000, input_tokens_details: details, output_tokens: 0 };
    expect(cost('openai-responses', { model: 'gpt-6-astra', usage })).toMatchObject({
      unpricedReason: 'unknown_cache_lifetime',
    });
    expect(cost('openai-responses', { model: 'gpt-6.1-sol', usage })).toMatchObject({
      picodollars: 600 * 2_000_000 + 400 * 5_000_000,
    });
  });

  it('has no price for a sum that no request can cost', () => {
    const usage = { prompt_tokens: 2 ** 40, completion_tokens: 2 ** 40 };
    expect(cost('openai-chat', { model: 'gpt-6-astra', usage })).toMatchObject({ unpricedReason: 'too_large' });
  });
});

describe('tools', () => {
  it('adds a cent a web search, whatever the mode', () => {
    const usage = {
      input_tokens: 0,
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 9 },
      service_tier: 'batch',
    };
    expect(cost('anthropic-messages', claude('claude-opus-5', usage))).toMatchObject({ picodollars: dollars('0.03') });
  });

  it('adds web and file searches of Responses', () => {
    const reply = {
      model: 'gpt-6.1-sol',
      output: [{ type: 'file_search_call' }, { type: 'message', content: '"type":"file_search_call"' }],
      usage: { input_tokens: 0, output_tokens: 0 },
      tool_usage: { web_search: { num_requests: 2 } },
    };
    expect(cost('openai-responses', reply)).toMatchObject({ picodollars: dollars('0.0225') });
  });

  it('has no price where the row has none for the tool, or pictures were made', () => {
    const usage = { input_tokens: 1, output_tokens: 1 };
    const pictures = { model: 'gpt-6.1-sol', usage, tool_usage: { image_gen: { output_tokens: 1000 } } };
    expect(cost('openai-responses', pictures)).toMatchObject({ unpricedReason: 'image_generation' });
    const searches = { model: 'text-embedding-3-small', usage, tool_usage: { web_search: { num_requests: 1 } } };
    expect(cost('openai-responses', searches)).toMatchObject({ unpricedReason: 'unknown_tool' });
  });
});

describe('several models in one request', () => {
  it('prices each turn of a server loop by its own prompt, and compaction and the advisor besides the totals', () => {
    const usage = {
      input_tokens: 130_000,
      output_tokens: 300,
      iterations: [
        { type: 'message', model: 'claude-haiku-5-5', input_tokens: 60_000, output_tokens: 100 },
        { type: 'message', model: 'claude-haiku-5-5', input_tokens: 70_000, output_tokens: 200 },
        { type: 'compaction', input_tokens: 2000, output_tokens: 50 },
        { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 1000, output_tokens: 10 },
      ],
    };
    const reply = claude('claude-haiku-5-5', usage);
    const haiku = (input: number, output: number) => input * 100_000 + output * 500_000;
    expect(cost('anthropic-messages', reply)).toMatchObject({
      picodollars: haiku(60_000, 100) + haiku(70_000, 200) + haiku(2000, 50) + 1000 * 4_000_000 + 10 * 20_000_000,
    });
  });

  it('takes the totals once, at the model that answered, where another took over', () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 100,
      iterations: [
        { type: 'message', model: 'claude-fable-5', input_tokens: 1000, output_tokens: 0 },
        { type: 'fallback_message', model: 'claude-opus-5-5', input_tokens: 1000, output_tokens: 100 },
      ],
    };
    expect(cost('anthropic-messages', claude('claude-opus-5-5', usage))).toMatchObject({
      picodollars: 1000 * 4_000_000 + 100 * 20_000_000,
    });
  });

  it('has no price as a whole where one of the models has none', () => {
    const iterations = [{ type: 'advisor_message', model: 'claude-next', input_tokens: 1, output_tokens: 1 }];
    const reply = claude('claude-opus-5-5', { input_tokens: 1, iterations });
    expect(cost('anthropic-messages', reply)).toMatchObject({ unpricedReason: 'unknown_model' });
  });
});

describe('who pays', () => {
  const reply = claude('claude-opus-5', { input_tokens: 1000 });

  it('a local provider costs nothing, known or not', () => {
    expect(priced('anthropic-messages', reply, { local: true, provider: 'ollama' })).toEqual({
      cost: { picodollars: 0, savedPicodollars: 0, unpricedReason: null },
      exactness: 'exact',
    });
  });

  it('a subscription is shown at list prices, and said to be one', () => {
    expect(priced('anthropic-messages', reply, { subscription: true })).toMatchObject({
      cost: { picodollars: 5_000_000_000 },
      exactness: 'subscription',
    });
  });

  it('the loopback provider has demo prices although it is local', () => {
    const chat = { model: 'loopback-tokens20', usage: { prompt_tokens: 1000, completion_tokens: 20 } };
    expect(cost('openai-chat', chat, { provider: 'loopback', local: true })).toMatchObject({
      picodollars: 1000 * 2_000_000 + 20 * 10_000_000,
    });
  });
});

describe('audio', () => {
  const audio = {
    promptTokensDetails: [
      { modality: 'AUDIO', tokenCount: 400 },
      { modality: 'TEXT', tokenCount: 600 },
    ],
  };

  it('has a price of its own where the row names one, and is an estimate where it names none', () => {
    const usageMetadata = { promptTokenCount: 1000, ...audio };
    expect(priced('gemini', { modelVersion: 'gemini-2.5-flash', usageMetadata })).toMatchObject({
      cost: { picodollars: 600 * 300_000 + 400 * 1_000_000 },
      exactness: 'exact',
    });
    expect(priced('gemini', { modelVersion: 'gemini-2.5-pro', usageMetadata })).toMatchObject({
      exactness: 'estimated',
    });
  });

  it('has no price as output', () => {
    const usageMetadata = {
      promptTokenCount: 1,
      candidatesTokenCount: 50,
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 50 }],
    };
    const reply = { modelVersion: 'gemini-2.5-flash', usageMetadata };
    expect(cost('gemini', reply)).toMatchObject({ unpricedReason: 'unknown_modality' });
  });
});
