import { describe, expect, it } from 'vitest';
import { budgetsFrom } from './budget-text.ts';
import { limitsFrom } from './limit-text.ts';

describe('the limit of an access key', () => {
  it('is read from its parts', () => {
    expect(limitsFrom('requests=100/s, burst=200,concurrent=5,tokens=400000/min', 'ci')).toEqual([
      {
        ...{ name: 'key ci', per: 'key', match: null, concurrent: 5, burst: 200, shadow: false },
        ...{ requests: { amount: 100, periodMs: 1000 }, tokens: { amount: 400_000, periodMs: 60_000 } },
      },
    ]);
  });

  it.each([
    ...['', 'requests', 'requests=', 'requests=0/s', 'requests=1/fortnight', 'rps=1', 'requests=1/s,requests=2/s'],
    ...['concurrent=0', 'concurrent=1.5', 'burst=2', 'burst=2,concurrent=1', 'shadow=true', 'requests=1/s,shadow=yes'],
    ...['__proto__=1/s', 'constructor=1', 'requests=1/s,'],
  ])('is none in %j', (text) => {
    expect(limitsFrom(text, 'ci')).toHaveProperty('problem');
  });
});

describe('the budgets of an access key', () => {
  it('are read in dollars and in tokens, each rule with a name of its own', () => {
    const rest = { per: 'key', match: null, maxOutput: null, unpriced: 'refuse' };
    expect(budgetsFrom(['20/day', '$2.50/session,mode=shadow', 'tokens:1000000/day,mode=soft'], 'ci')).toEqual([
      { ...rest, name: 'key ci day', unit: 'usd', amount: 20e12, window: 'day', mode: 'hard' },
      { ...rest, name: 'key ci session', unit: 'usd', amount: 2.5e12, window: 'session', mode: 'shadow' },
      { ...rest, name: 'key ci day tokens', unit: 'tokens', amount: 1_000_000, window: 'day', mode: 'soft' },
    ]);
  });

  it.each([
    [['20']],
    [['20/week']],
    [['0/day']],
    [['9001/day']],
    [['-1/day']],
    [['tokens:1.5/day']],
    [['tokens:0/day']],
    [['20/day,hard']],
    [['20/day,mode=hard,mode=soft']],
    [['20/day=1']],
    [['20/day', '30/day']],
  ])('are none in %j', (texts) => {
    expect(budgetsFrom(texts, 'ci')).toHaveProperty('problem');
  });
});
