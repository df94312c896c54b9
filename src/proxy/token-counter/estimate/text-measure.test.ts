import { describe, expect, it } from 'vitest';
import { extendedTokens, roughTokens, tokensPerO200kToken } from './text-measure.ts';

describe('tokensPerO200kToken', () => {
  it.each([
    ['claude-opus-4-7', 1.4],
    ['claude-opus-4-8-20260801', 1.4],
    ['claude-opus-5', 1.4],
    ['claude-opus-5-5', 1.4],
    ['claude-sonnet-5', 1.4],
    ['claude-sonnet-5-20260901', 1.4],
    ['claude-haiku-5-5', 1.4],
    ['claude-fable-5', 1.4],
    ['claude-mythos-5-1', 1.4],
    ['claude-opus-4-6', 1.08],
    ['claude-opus-4-20250514', 1.08],
    ['claude-sonnet-4-6', 1.08],
    ['claude-haiku-4-5-20251001', 1.08],
    ['claude-3-5-sonnet-20241022', 1.08],
    ['gemini-4-argon', 1],
    ['gpt-6.1-sol', 1],
    ['llama-4', 1],
    [null, 1],
  ])('of %s is %d', (model, ratio) => {
    expect(tokensPerO200kToken(model)).toBe(ratio);
  });
});

describe('estimates', () => {
  it('take four bytes for a token of o200k', () => {
    expect(roughTokens({ sample: '', bytes: 400 }, 'gpt-5')).toBe(100);
    expect(roughTokens({ sample: '', bytes: 400 }, 'claude-opus-5')).toBe(140);
    expect(roughTokens({ sample: '', bytes: 0 }, null)).toBe(0);
    expect(roughTokens({ sample: '', bytes: 1 }, null)).toBe(1);
  });

  it('extend the count of a sample over all of the text, by its bytes', () => {
    expect(extendedTokens({ sample: 'ab€', bytes: 50 }, 3, 'gpt-5')).toBe(30);
  });
});
