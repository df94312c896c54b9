import { describe, expect, it } from 'vitest';
import { usageNumbersJson } from './evidence.ts';

describe('what the ledger keeps of a usage object', () => {
  it('is its numbers, under their names, nested as they were', () => {
    const usage = {
      input_tokens: 10,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 },
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 3 }],
      server_tool_use: { web_search_requests: 1 },
      iterations: [{ type: 'message', input_tokens: 5 }],
    };
    expect(JSON.parse(usageNumbersJson(usage) ?? '')).toEqual({ ...usage, iterations: [{ input_tokens: 5 }] });
  });

  it('is no text, neither as a value nor as a name', () => {
    const usage = {
      input_tokens: 'sk-secret',
      note: 'the prompt',
      'sk-secret tokens': 1,
      modality: 'sk-secret',
      output_tokens: 5,
      nested: { tokens: 'x' },
      list_count: ['sk-secret', 4],
    };
    const kept = usageNumbersJson(usage) ?? '';
    expect(JSON.parse(kept)).toEqual({ output_tokens: 5, list_count: [null, 4] });
    expect(kept).not.toContain('secret');
  });

  it('is JSON whatever the numbers', () => {
    const usage: unknown = JSON.parse(
      '{"input_tokens":1e999,"output_tokens":-1e999,"total_tokens":1e21,"cached_tokens":-0}',
    );
    expect(usageNumbersJson(usage)).toBe(JSON.stringify(usage));
  });

  it('ends where it is nested too deep', () => {
    expect(usageNumbersJson({ tokens: { tokens: { tokens: { tokens: { tokens: 1 } } } } })).toBe(
      '{"tokens":{"tokens":{"tokens":{}}}}',
    );
  });
});
