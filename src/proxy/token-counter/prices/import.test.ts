import { describe, expect, it } from 'vitest';
import { importPrices, type ImportRequest } from './import.ts';
import { shippedPrices } from './load.ts';
import type { PriceRow } from './price-row.ts';

const { rows: shipped } = await shippedPrices();
const tier = { above: 0, input: '1', cache_read: null, cache_write: null, cache_write_1h: null, output: '2' };
const row = (provider: string, id: string, input = '1'): PriceRow => ({
  provider,
  id,
  from: null,
  to: null,
  tiers: [
    {
      ...tier,
      input,
    },
  ],
});

function imported(content: unknown, more: Partial<ImportRequest> = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const request = {
    text,
    format: 'tokenpak',
    own: [],
    shipped,
    providers: ['openai', 'gemini', 'groq'],
    day: '2026-11-22',
  } as const;
  return importPrices({ ...request, ...more });
}

describe('importPrices', () => {
  it('replaces rows of the same models, and keeps all others', () => {
    const own = [row('groq', 'a'), row('groq', 'b')];
    const file = { version: 1, as_of: '2026-11-01', rows: [row('groq', 'b', '9'), row('groq', 'c')] };
    const result = imported(file, { own });
    expect(result.file.rows.map(({ id, tiers }) => [id, tiers[0]?.input])).toEqual([
      ['b', '9'],
      ['c', '1'],
      ['a', '1'],
    ]);
    expect(result).toMatchObject({ imported: 2, known: 0, problems: [], file: { version: 1, as_of: '2026-11-22' } });
  });

  it('names rows that are wrong, one by one, and takes the others', () => {
    const result = imported({
      version: 1,
      as_of: '2026-11-01',
      rows: [{ ...row('groq', 'a'), tiers: [] }, row('groq', 'b')],
    });
    expect(result.imported).toBe(1);
    expect(result.problems).toEqual([expect.stringMatching(/^row 1 \(groq a\): tiers: /)]);
  });

  it('takes from LiteLLM what differs from the shipped rows, of providers that are configured', () => {
    const entry = (provider: string, input: number, output: number) => ({
      litellm_provider: provider,
      mode: 'chat',
      input_cost_per_token: input,
      output_cost_per_token: output,
    });
    const catalogue = {
      // As shipped, but for what LiteLLM does not tell; it would lose the day on which the shipped price changes.
      'gemini/gemini-3.8-flash': { ...entry('gemini', 7.5e-7, 3.75e-6), cache_read_input_token_cost: 7.5e-8 },
      'gpt-4.1': entry('openai', 1e-6, 4e-6),
      'groq/llama': entry('groq', 5.9e-7, 7.9e-7),
      'mistral/large': entry('mistral', 2e-6, 6e-6),
    };
    const result = imported(catalogue, { format: 'litellm' });
    expect(result.file.rows.map(({ provider, id }) => `${provider} ${id}`)).toEqual(['openai gpt-4.1', 'groq llama']);
    expect(result).toMatchObject({ imported: 2, known: 1, problems: [] });
  });

  it.each(['tokenpak', 'litellm'] as const)('says that a %s catalogue is no JSON', (format) => {
    const own = [row('groq', 'a')];
    const result = imported('{"rows": [', { format, own });
    expect(result).toMatchObject({
      imported: 0,
      known: 0,
      problems: [expect.stringMatching(/^not JSON: /)],
      file: { rows: own },
    });
  });
});
