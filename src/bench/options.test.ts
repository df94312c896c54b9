import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';
import { planFor } from './plan.ts';

describe('the command line', () => {
  it('measures all that there is by default', () => {
    expect(parseOptions([])).toEqual({ quick: false, only: null, rounds: null, jsonFile: null });
  });

  it('takes a scenario, a number of rounds and a file', () => {
    const options = parseOptions(['--quick', '--only', 'streams', '--rounds', '7', '--json', 'out.json']);
    expect(options).toEqual({ quick: true, only: 'streams', rounds: 7, jsonFile: 'out.json' });
  });

  it.each([
    [['--only', 'stream'], /--only takes one of .*streams.*not 'stream'/],
    [['--rounds', '0'], /--rounds takes a whole number from 1 to 99, not '0'/],
    [['--rounds', 'many'], /--rounds/],
    [['--fast'], /--fast/],
    [['extra'], /extra/],
  ])('refuses %j and says why', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });

  it('asks for help and nothing else', () => {
    expect(parseOptions(['--help'])).toBeNull();
  });
});

describe('the plan', () => {
  it('has at least five rounds, unless it is told or quick', () => {
    expect(planFor({ quick: false, rounds: null }).rounds).toBeGreaterThanOrEqual(5);
    expect(planFor({ quick: false, rounds: 2 }).rounds).toBe(2);
    expect(planFor({ quick: true, rounds: null }).rounds).toBeLessThan(5);
  });

  it('has six pairs for the dashboard, and more time', () => {
    const [plan, usual] = [
      planFor({ quick: false, rounds: null, only: 'dashboard' }),
      planFor({ quick: false, rounds: null }),
    ];
    expect(plan.rounds).toBe(6);
    expect(plan.limitMs).toBeGreaterThan(usual.limitMs);
  });
});
