import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatcher } from './glob.ts';

describe('a glob', () => {
  it.each([
    ['*', 'anything', true],
    ['claude-*', 'claude-opus-4-5', true],
    ['claude-*', 'gpt-5', false],
    ['claude-*', 'claude-', true],
    ['*-mini', 'gpt-5-mini', true],
    ['*-mini', 'gpt-5-mini-2', false],
    ['gpt-?', 'gpt-5', true],
    ['gpt-?', 'gpt-', false],
    ['a*b*c', 'aXXbYYbZc', true],
    ['a*b*c', 'aXXcYYb', false],
    ['gpt.5', 'gptx5', false],
    ['[a]', 'a', false],
    ['', '', true],
    ['', 'a', false],
    ['*?', '', false],
  ])('%s against %s: %s', (pattern, text, result) => expect(globMatcher(pattern)(text)).toBe(result));

  it('agrees with a regular expression', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 10 });
    fc.assert(
      fc.property(words, texts, (pattern, text) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(globMatcher(pattern)(text)).toBe(new RegExp(`^${source}$`, 's').test(text));
      }),
    );
  });

  it('does not take long over a pattern of stars', () => {
    expect(globMatcher(`${'a*'.repeat(50)}b`)('a'.repeat(5000))).toBe(false);
  });
});
