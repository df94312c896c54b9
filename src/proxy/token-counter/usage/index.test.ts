import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects } from '../../dialect.ts';
import { StreamEvent } from '../../stream-events.ts';
import { priceTable } from '../prices/price-table.ts';
import type { PriceFile } from '../prices/price-row.ts';
import { pricing } from '../prices/pricing.ts';
import { totalTokens, type Reading } from '../reading.ts';
import { usageDialects } from './index.ts';

const shipped = JSON.parse(readFileSync('templates/prices.json', 'utf8')) as PriceFile;
const price = pricing(priceTable(shipped.rows));

const names = [
  'prompt_tokens',
  'completion_tokens',
  'prompt_tokens_details',
  'completion_tokens_details',
  'cached_tokens',
  'cache_write_tokens',
  'cache_write_tokens_details',
  'ttl_12h_tokens',
  'reasoning_tokens',
  'audio_tokens',
  'input_tokens',
  'output_tokens',
  'input_tokens_details',
  'output_tokens_details',
  'cache_creation',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'ephemeral_5m_input_tokens',
  'ephemeral_1h_input_tokens',
  'server_tool_use',
  'web_search_requests',
  'service_tier',
  'speed',
  'inference_geo',
  'iterations',
  'type',
  'promptTokenCount',
  'cachedContentTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'trafficType',
];
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: fc.nat({ max: 500_000 }), weight: 6 },
    fc.constantFrom<unknown>(null, -1, 0.5, 1e308, 2 ** 53, 2 ** 40, '7', true, 'fast', 'us', 'message', 'compaction'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;
const usage = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 10, noNullPrototype: true });
const models = ['gpt-6.1-sol', 'claude-haiku-5-5', 'gemini-2.5-pro'];
const providers = ['openai', 'anthropic', 'gemini'];

/** Whatever a provider says: counts are counts, and money is never negative, broken or a fraction. */
function expectSound(reading: Reading | null): void {
  if (reading === null) return;
  for (const count of Object.values(totalTokens(reading))) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
  for (const provider of providers) {
    const context = { provider, local: false, wallMs: Date.UTC(2026, 10, 22), model: null, subscription: false };
    const { cost } = price(reading, context);
    if (cost.picodollars === null) continue;
    expect(Number.isSafeInteger(cost.picodollars) && cost.picodollars >= 0).toBe(true);
    expect(Number.isSafeInteger(cost.savedPicodollars)).toBe(true);
  }
}

describe.each(dialects)('usage of %s', (dialect) => {
  it('never breaks a sum, whatever a provider says in a whole reply', () => {
    fc.assert(
      fc.property(usage, fc.constantFrom(...models), (told, model) => {
        const reply = { model, modelVersion: model, usage: told, usageMetadata: told, tool_usage: told };
        expectSound(usageDialects[dialect].body(JSON.stringify(reply)));
      }),
      { numRuns: 400 },
    );
  });

  it('never breaks a sum, whatever a provider says in a stream', () => {
    const types = ['message_start', 'message_delta', 'response.completed', ''];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...types), usage), { maxLength: 4 }), (events) => {
        const stream = usageDialects[dialect].stream();
        for (const [type, told] of events) {
          const inner = { model: models[0], usage: told };
          const data = {
            type,
            ...inner,
            usageMetadata: told,
            message: inner,
            response: inner,
            delta: told,
            choices: [told],
          };
          const event = new StreamEvent(type, JSON.stringify(data));
          stream.event(event);
          expect(typeof usageDialects[dialect].deltaText(event)).toBe('string');
        }
        expectSound(stream.reading());
      }),
      { numRuns: 400 },
    );
  });
});
