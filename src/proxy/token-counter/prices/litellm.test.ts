import { describe, expect, it } from 'vitest';
import { liteLlmCatalogue } from './litellm.ts';
import { checkRows } from './price-file.ts';

const everything = (json: unknown) => liteLlmCatalogue(json, () => true);
const entry = { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 2.5e-6, output_cost_per_token: 1.5e-5 };
const onlyRow = (more: object) => everything({ m: { ...entry, ...more } }).rows[0];
const onlyProblem = (more: object) => everything({ m: { ...entry, ...more } });

describe('the LiteLLM catalogue', () => {
  it('gives dollars per million tokens for dollars per token, exactly, with long prompts, modes, places and tools', () => {
    const { rows, problems } = everything({
      sample_spec: { litellm_provider: 'one of …', input_cost_per_token: 'no number' },
      'claude-opus-4-6': {
        litellm_provider: 'anthropic',
        mode: 'chat',
        input_cost_per_token: 5e-6,
        input_cost_per_token_above_200k_tokens: 1e-5,
        output_cost_per_token: 2.5e-5,
        output_cost_per_token_above_200k_tokens: 3.75e-5,
        output_cost_per_reasoning_token: 2.5e-5,
        cache_creation_input_token_cost: 6.25e-6,
        cache_creation_input_token_cost_above_200k_tokens: 1.25e-5,
        cache_creation_input_token_cost_above_1hr: 1e-5,
        cache_creation_input_token_cost_above_1hr_above_200k_tokens: 2e-5,
        cache_read_input_token_cost: 5e-7,
        cache_read_input_token_cost_above_200k_tokens: 1e-6,
        input_cost_per_token_batches: 2.5e-6,
        output_cost_per_token_batches: 1.25e-5,
        provider_specific_entry: { us: 1.1, fast: 6.0 },
        search_context_cost_per_query: { search_context_size_low: 0.01, search_context_size_high: 0.01 },
      },
    });
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      {
        provider: 'anthropic',
        id: 'claude-opus-4-6',
        from: null,
        to: null,
        tiers: [
          { above: 0, input: '5', cache_read: '0.5', cache_write: '6.25', cache_write_1h: '10', output: '25' },
          { above: 200_000, input: '10', cache_read: '1', cache_write: '12.5', cache_write_1h: '20', output: '37.5' },
        ],
        modes: { batch: '0.5', fast: '6' },
        geo: { us: '1.1' },
        tools: { web_search_per_1k: '10' },
        source: 'litellm',
      },
    ]);
    expect(checkRows(rows).problems).toEqual([]);
  });

  it('takes the provider off the name, once', () => {
    const names = (name: string, provider: string) =>
      everything({ [name]: { ...entry, litellm_provider: provider } }).rows.map(({ id }) => id);
    expect(names('gemini/gemini-2.5-pro', 'gemini')).toEqual(['gemini-2.5-pro']);
    expect(names('groq/openai/gpt-oss-20b', 'groq')).toEqual(['openai/gpt-oss-20b']);
    expect(names('gpt-5.4', 'openai')).toEqual(['gpt-5.4']);
  });

  it('gives rows of the providers that are wanted', () => {
    const json = { a: entry, b: { ...entry, litellm_provider: 'groq' } };
    expect(liteLlmCatalogue(json, (provider) => provider === 'groq').rows.map(({ id }) => id)).toEqual(['b']);
  });

  it('leaves out what is not billed by tokens, without a word', () => {
    const pictures = { litellm_provider: 'openai', mode: 'image_generation', output_cost_per_image: 0.04 };
    expect(everything({ 'dall-e-3': pictures, note: 'text', none: null })).toEqual({ rows: [], problems: [] });
  });

  it('gives embeddings a free output', () => {
    const embedding = {
      litellm_provider: 'openai',
      mode: 'embedding',
      input_cost_per_token: 2e-8,
      input_cost_per_token_batches: 1e-8,
    };
    expect(everything({ e: embedding }).rows[0]).toMatchObject({
      tiers: [{ input: '0.02', output: '0' }],
      modes: { batch: '0.5' },
    });
  });

  it('takes over prices of flex and priority where input and output agree on the factor', () => {
    expect(
      onlyRow({
        input_cost_per_token_flex: 1.25e-6,
        output_cost_per_token_flex: 7.5e-6,
        cache_read_input_token_cost_flex: 1.3e-7,
        input_cost_per_token_priority: 5e-6,
        output_cost_per_token_priority: 3e-5,
      }),
    ).toMatchObject({ modes: { flex: '0.5', priority: '2' } });
  });

  it.each([
    [{ input_cost_per_token_flex: 1.25e-6, output_cost_per_token_flex: 8e-6 }],
    [{ input_cost_per_token_flex: 1.25e-6 }],
    [{ input_cost_per_token_flex: 1e-6 / 3, output_cost_per_token_flex: 1 }],
  ])('leaves out a mode, and says so, where they do not: %j', (more) => {
    const { rows, problems } = onlyProblem(more);
    expect(rows[0]?.modes ?? {}).toEqual({});
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^m: /);
  });

  it.each([
    [{ output_cost_per_token: undefined }, 'output has no price'],
    [{ output_cost_per_token: 1.0000000000000002e-6 }, 'output_cost_per_token'],
    [{ output_cost_per_token: -1 }, 'output_cost_per_token'],
    [{ output_cost_per_token: '0.1' }, 'output_cost_per_token'],
    [{ cache_read_input_token_cost: 1e-13 }, 'cache_read_input_token_cost'],
    [{ output_cost_per_reasoning_token: 3e-6 }, 'reasoning'],
  ])('leaves out a model with %j and names it', (more, problem) => {
    const { rows, problems } = onlyProblem(more);
    expect(rows).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it('takes the price of the shorter prompt where the longer has none of its own', () => {
    const row = onlyRow({ input_cost_per_token_above_272k_tokens: 5e-6, cache_read_input_token_cost: 2.5e-7 });
    expect(row?.tiers[1]).toMatchObject({ above: 272_000, input: '5', output: '15', cache_read: '0.25' });
  });

  it('gives no price of a search that depends on how much is read', () => {
    const sizes = { search_context_size_low: 0.03, search_context_size_high: 0.05 };
    expect(onlyRow({ search_context_cost_per_query: sizes })).not.toHaveProperty('tools');
  });

  it.each([null, [], 'text'])('says that %j is no catalogue', (json) => {
    expect(everything(json).problems).toHaveLength(1);
  });
});
