import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigHome, configHome } from '../../../test/support/load-config.ts';
import { problemText } from './problem.ts';

let home: ConfigHome;
beforeEach(() => void (home = configHome()));
afterEach(() => home.remove());

describe('budgets in the configuration', () => {
  it('are read in picodollars, hard unless said otherwise', async () => {
    const { config } = await home.load('budgets: [{ name: day, per: all, usd: 0.5, window: day }]');
    expect(config.budgets).toEqual([
      {
        ...{ name: 'day', per: 'all', match: null, unit: 'usd', amount: 5e11, window: 'day', mode: 'hard' },
        ...{ maxOutput: null, unpriced: 'refuse' },
      },
    ]);
  });

  const good = '{ name: day, per: all, usd: 1, window: day }';
  it.each([
    [
      '{ name: a, per: all, usd: -1, window: day }',
      '2:24: budgets.0.usd: expected a number from 0.000001 to 9000, got -1',
    ],
    ['{ name: a, per: all, window: day }', '2:5: budgets.0.name: expected an amount: usd or tokens, got "a"'],
    [
      '{ name: a, per: all, usd: 1, tokens: 5, window: day }',
      '2:32: budgets.0.tokens: expected either usd or tokens; two budgets can limit both, got 5',
    ],
    [
      '{ name: a, per: project, usd: 1, window: session }',
      '2:36: budgets.0.window: expected day, month or request; only budgets per session or per agent last for a session, got "session"',
    ],
    [
      '{ name: "a b", per: all, usd: 1, window: day }',
      '2:5: budgets.0.name: expected at most 64 letters, digits, dots, dashes and underscores, got "a b"',
    ],
    [
      `${good}\n- { name: day, per: key, usd: 1, window: day }`,
      '3:5: budgets.1.name: expected a name of its own; another budget has it already, got "day"',
    ],
    [
      `${good}\n- { name: two, per: all, usd: 2, window: day }`,
      '3:5: budgets.1.name: expected another per, match or window; the hard budget day is for the same, got "two"',
    ],
  ])('are refused with the place of the fault: %s', async (yaml, problem) => {
    const problems = await home.problems(`budgets:\n- ${yaml}`);
    expect(problems.map(problemText)).toEqual([`${home.file}:${problem}`]);
  });

  it('may stand beside each other where they differ or only watch', async () => {
    const others = [
      '{ name: b, per: all, usd: 2, window: day, mode: shadow }',
      '{ name: c, per: all, tokens: 2, window: day }',
    ];
    expect(await home.problems(`budgets: [${[good, ...others].join(', ')}]`)).toEqual([]);
  });
});
