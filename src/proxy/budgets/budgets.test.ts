import { describe, expect, it } from 'vitest';
import { budgetHome, request, rule, target } from '../../../test/support/budgets.ts';
import { ProxyError } from '../errors.ts';
import type { Call, Target } from '../exchange.ts';
import type { BudgetRule } from '../quota.ts';
import { budgets } from './stage.ts';

const dollar = 1e12;
type Home = ReturnType<typeof budgetHome>;

/** Sends a request through the stage to a target, and gives the refusal or null. */
async function send(home: Home, call: Call, to: Target = target, priced = true): Promise<ProxyError | null> {
  const stage = budgets({ budgets: home.budgets, ceilingOf: () => (priced ? { input: 1, output: 1 } : null) });
  try {
    await stage.handle(call, (passed) => {
      passed.admit(to);
      throw new Error('sent');
    });
  } catch (thrown) {
    if (thrown instanceof ProxyError) return thrown;
    if ((thrown as Error).message !== 'sent') throw thrown;
  }
  return null;
}

const account = (home: Home, name = 'day') => home.budgets.report().find((budget) => budget.name === name)!.accounts[0];

describe('a reservation', () => {
  it.each<[string, Call, number]>([
    ['a byte as a token, and the output limit', request(100, { maxTokens: 50 }), 150],
    ['as many answers as are asked for', request(100, { maxTokens: 50, choices: 3 }), 250],
    ['what tools bring with them', request(100, { maxTokens: 50, tools: true }), 1150],
    ['4,096 tokens of output where none are named', request(100), 4196],
  ])('holds %s', async (_, call, tokens) => {
    const home = budgetHome([rule({ unit: 'tokens', amount: 10_000 })]);
    expect(await send(home, call)).toBeNull();
    expect(account(home)?.reserved).toBe(tokens);
    expect(call.record.budgets[0]).toMatchObject({ reserved: tokens, left: 10_000, verdict: 'passed' });
  });

  it('is made in all budgets or in none', async () => {
    const home = budgetHome([rule({ name: 'wide' }), rule({ name: 'tight', per: 'project', amount: 10 })]);
    expect((await send(home, request(100, { maxTokens: 50 })))?.code).toBe('budget_exhausted');
    expect([account(home, 'wide')?.reserved, account(home, 'tight')?.reserved]).toEqual([0, 0]);
  });

  it('is none for a target that costs nothing, even where all is spent', async () => {
    const home = budgetHome([rule({ amount: 10 })]);
    home.charge([{ account: 'day all usd day', subject: 'all', window: '2026-11-22', amount: 10 }]);
    const stage = budgets({ budgets: home.budgets, ceilingOf: () => ({ input: 0, output: 0 }) });
    const passed = stage.handle(request(100), (call) => Promise.reject(new Error(String(call.admit(target)))));
    await expect(passed).rejects.toThrow('=>');
  });

  it('leaves the user’s budgets alone where the money is play', async () => {
    const home = budgetHome([rule({ amount: 1 })]);
    expect(await send(home, request(100), { ...target, provider: 'loopback' }, false)).toBeNull();
  });

  it('stays a number, however much is asked for at no price', async () => {
    const home = budgetHome([rule({ amount: 10 })]);
    const stage = budgets({ budgets: home.budgets, ceilingOf: () => ({ input: 1, output: 0 }) });
    const endless = request(5, { maxTokens: 1e300, choices: 1e300 });
    const passed = stage.handle(endless, (call) => Promise.reject(new Error(String(call.admit(target)))));
    await expect(passed).rejects.toThrow('=>');
    expect(account(home)?.reserved).toBeCloseTo(5 / dollar, 15);
    expect((await send(home, request(100)))?.code).toBe('budget_exhausted');
  });

  it('counts the bytes of a compressed body as they are without their coding', async () => {
    const home = budgetHome([rule({ unit: 'tokens', amount: 10_000 })]);
    await send(home, request(100, { maxTokens: 1, decodedBytes: 9000 }, { headers: ['content-encoding', 'gzip'] }));
    expect(account(home)?.reserved).toBe(9001);
  });

  it.each([
    ['hard', 'invalid_request'],
    ['soft', undefined],
  ] as const)('of a %s budget, for a body that can be read in two ways: %s', async (mode, code) => {
    const home = budgetHome([rule({ mode })]);
    expect((await send(home, request(100, { maxTokens: 1, duplicates: ['max_tokens'] })))?.code).toBe(code);
    expect(await send(home, request(100, { maxTokens: 1, duplicates: ['metadata'] }))).toBeNull();
  });

  it('is none once the exchange is over', async () => {
    const home = budgetHome([rule()]);
    const call = request(100, { maxTokens: 1 }, { hold: (settle) => settle(request(1).record) });
    await send(home, call);
    expect(account(home)).toBeUndefined();
  });
});

describe('budgets of an access key', () => {
  it('hold beside the configured ones, each key for itself', async () => {
    const home = budgetHome([rule()]);
    const own: BudgetRule = rule({ name: 'own', per: 'key', amount: 120 });
    const access = { name: 'ci', allowsModel: null, limits: [], budgets: [own], project: null, agent: null };
    const from = (key: string): Call => {
      const call = request(100, { maxTokens: 10 }, { access: { ...access, name: key } });
      call.record.caller = { ...call.record.caller, key };
      return call;
    };
    expect(await send(home, from('ci'))).toBeNull();
    expect((await send(home, from('ci')))?.message).toContain('the budget own of ci');
    expect(await send(home, from('dev'))).toBeNull();
  });
});

describe('a new budget', () => {
  const row = (model: string, dollars: number) => ({
    ...{ model, project: null, provider: 'anthropic', cost_picodollars: String(dollars * dollar) },
    tokens: { input: 1, cache_read: 2, cache_write: 3, output: 4 },
  });
  const days = () => [{ rows: [row('claude-a', 2), row('gpt-b', 1), { ...row('x', 9), provider: 'loopback' }] }];

  it('begins with what its window has cost by then, once', () => {
    const rules = [rule({ amount: 5 * dollar }), rule({ name: 'm', per: 'model', match: 'claude-*', unit: 'tokens' })];
    const home = budgetHome(rules, days);
    expect(account(home)).toMatchObject({ spent: 3, left: 2 });
    expect(account(home, 'm')).toMatchObject({ subject: 'claude-a', spent: 10 });
    home.restart(rules);
    expect(account(home)?.spent).toBe(3);
  });

  it('begins at 0 where the totals do not tell whose it was', () => {
    const home = budgetHome([rule({ per: 'agent' })], days);
    expect(home.budgets.report()[0]?.spent).toBe(0);
  });
});

describe('what is spent', () => {
  const charge = { account: 'day all usd day', subject: 'all', window: '2026-11-22', amount: 800 };

  it('is told of once at 80 and once at 100 %, and anew in the next window', () => {
    const home = budgetHome([rule()]);
    for (let count = 0; count < 3; count++) home.charge([{ ...charge, amount: 400 }]);
    expect(home.notices.map((text) => /is used (?:to \d+ %|up)/.exec(text)?.[0])).toEqual([
      'is used to 80 %',
      'is used up',
    ]);
    home.restart([rule()]);
    home.charge([{ ...charge, amount: 1 }]);
    expect(home.notices).toHaveLength(2);
    home.charge([{ ...charge, window: '2026-11-23' }]);
    expect(home.notices).toHaveLength(3);
  });

  it('is corrected when a request is better known', () => {
    const home = budgetHome([rule()]);
    home.charge([charge]);
    home.charge([charge], -1);
    home.charge([{ ...charge, amount: 300 }]);
    expect(home.accounts.find(charge.account)?.find('all')?.spent).toBe(300);
  });

  it('can be read again, however much was granted on top', async () => {
    const home = budgetHome([rule()]);
    const allow = { kind: 'budget-allow', name: 'day', subject: null, once: 9000 } as const;
    home.charge([charge]);
    for (let count = 0; count < 3; count++) expect(await home.budgets.change(allow)).toBeNull();
    home.save();
    home.restart([rule()]);
    expect(home.accounts.find(charge.account)?.find('all')).toMatchObject({ spent: 800, granted: 2 ** 53 - 1 });
  });

  it('has another account once the budget means something else', () => {
    const home = budgetHome([rule()]);
    home.charge([charge]);
    home.restart([rule({ unit: 'tokens' })]);
    expect(home.budgets.report()[0]).toMatchObject({ unit: 'tokens', spent: 0 });
  });
});
