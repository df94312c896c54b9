import { afterAll, describe, expect, it } from 'vitest';
import { configHome } from '../../../test/support/load-config.ts';
import { problemText } from './problem.ts';

const home = configHome();
afterAll(home.remove);

describe('limits in the configuration', () => {
  it('are rules, each with a name of its own', async () => {
    const { config } = await home.load(`
limits:
  - { per: key, requests: 10000/s, burst: 20000 }
  - { per: model, match: 'claude-*', tokens: 400000/min, concurrent: 20, shadow: true }
  - { per: key, requests: 5000/h }
`);
    expect(config.limits).toMatchObject([
      { name: 'key', requests: { amount: 10_000, periodMs: 1000 }, burst: 20_000, tokens: null, shadow: false },
      { name: 'model claude-*', tokens: { amount: 400_000, periodMs: 60_000 }, concurrent: 20, shadow: true },
      { name: 'key 2', requests: { amount: 5000, periodMs: 3_600_000 } },
    ]);
  });

  it.each([
    ['{ per: all, requests: 0/s }', '17: limits.0.requests: expected a rate such as'],
    ['{ per: all, requests: -1/s }', '17: limits.0.requests: expected a rate such as'],
    ['{ per: all, requests: 10/fortnight }', '17: limits.0.requests: expected a rate such as'],
    ['{ per: all, tokens: 5 }', '17: limits.0.tokens: expected text such as 100/s or 400000/min, got 5'],
    ['{ per: all, concurrent: 0 }', '17: limits.0.concurrent: expected a whole number from 1 to 1000000, got 0'],
    ['{ per: planet, concurrent: 1 }', '7: limits.0.per: expected one of: all, ip, key, project, model, provider'],
    ['{ per: all }', '5: limits.0: expected at least one of requests, tokens and concurrent'],
    ['{ per: all, concurrent: 1, burst: 5 }', '32: limits.0.burst: expected no burst'],
    ["{ per: model, concurrent: 1, match: '' }", '34: limits.0.match: expected a pattern'],
    ["{ per: model, concurrent: 1, match: '{a,b}' }", '34: limits.0.match: expected a pattern'],
    ["{ per: all, concurrent: 1, match: 'a*' }", '32: limits.0.match: expected no pattern'],
    ["{ per: all, concurrent: 1, name: '' }", '32: limits.0.name: expected a name'],
  ])('are refused where they mean nothing: %s', async (limit, expected) => {
    const problems = await home.problems(`limits:\n  - ${limit}\n`);
    expect(problems.map(problemText).join('\n')).toContain(`${home.file}:2:${expected}`);
  });

  it('are refused where two have one name', async () => {
    const limit = '  - { name: same, per: all, concurrent: 1 }\n';
    const problems = await home.problems(`limits:\n${limit}${limit}`);
    expect(problems.map(problemText)).toEqual([
      `${home.file}:3:7: limits.1.name: expected a name that no other limit has, got "same"`,
    ]);
  });
});
