import { describe, expect, it } from 'vitest';
import { resolveAliases } from './aliases.ts';

describe('aliases', () => {
  it('are followed to the model at their end', () => {
    const { models, cycles } = resolveAliases({ fast: 'small', small: 'claude-haiku-4-5', best: 'claude-opus-4-5' });
    expect(Object.fromEntries(models)).toEqual({
      fast: 'claude-haiku-4-5',
      small: 'claude-haiku-4-5',
      best: 'claude-opus-4-5',
    });
    expect(cycles).toEqual([]);
  });

  it('that lead back to themselves lead nowhere', () => {
    const { models, cycles } = resolveAliases({ a: 'b', b: 'a', self: 'self', into: 'a', good: 'm' });
    expect(cycles).toEqual(['a', 'b', 'self', 'into']);
    expect([...models]).toEqual([['good', 'm']]);
  });

  it('may be called like what every object has', () => {
    expect([...resolveAliases({ constructor: 'toString' }).models]).toEqual([['constructor', 'toString']]);
  });
});
