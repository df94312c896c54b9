import { describe, expect, it } from 'vitest';
import { exampleState } from '../../test/support/screen/example-state.ts';
import { budgetToAllow, circuitQuestion } from './questions.ts';
import type { Circuit, CircuitState, DashboardState } from './state.ts';

const circuit: Circuit = { state: 'closed', retry_after_seconds: null, last_failure: null };

function withCircuits(circuits: Readonly<Record<string, CircuitState>>): DashboardState {
  const health = exampleState().health!;
  const entries = Object.entries(circuits).map(([name, state]) => [name, { ...circuit, state, models: {} }] as const);
  return exampleState({ snapshot: null, health: { ...health, circuit_breakers: Object.fromEntries(entries) } });
}

type Budget = NonNullable<DashboardState['snapshot']>['budgets'][number];

function withBudgets(...budgets: readonly Partial<Budget>[]): DashboardState {
  const snapshot = exampleState().snapshot!;
  return exampleState({
    snapshot: { ...snapshot, budgets: budgets.map((more) => ({ ...snapshot.budgets[0]!, ...more })) },
  });
}

const account = (subject: string, used: number): Budget['accounts'][number] => ({
  ...exampleState().snapshot!.budgets[0]!.accounts[0]!,
  ...{ subject, used },
});

describe('the question about a circuit breaker', () => {
  it.each<[CircuitState, string]>([
    ['closed', 'open'],
    ['open', 'close'],
    ['half_open', 'close'],
    ['forced_open', 'auto'],
    ['forced_closed', 'auto'],
  ])('of one that is %s is whether it should be: %s', (state, to) => {
    expect(circuitQuestion(withCircuits({ openai: state }), { provider: 0 })).toMatchObject({
      action: { type: 'breaker', name: 'openai', to },
    });
  });

  it('is about the provider under the cursor, or the last one', () => {
    const state = withCircuits({ one: 'open', two: 'open' });
    expect(circuitQuestion(state, { provider: 1 })).toMatchObject({ action: { name: 'two' } });
    expect(circuitQuestion(state, { provider: 9 })).toMatchObject({ action: { name: 'two' } });
  });

  it('cannot be asked where there is no breaker', () => {
    expect(circuitQuestion(exampleState({ health: null, snapshot: null }), { provider: 0 })).toContain('not available');
    expect(circuitQuestion(exampleState({ health: null }), { provider: 0 })).toContain('not available');
  });

  it('shows a name without what it could do to the screen', () => {
    const { text } = circuitQuestion(withCircuits({ 'a\u001B[2J\nb': 'open' }), { provider: 0 }) as { text: string };
    expect(text).not.toMatch(/\p{Cc}/u);
  });
});

describe('the question about a budget', () => {
  it('is whether a tenth more may be spent of the hard one that has the least left', () => {
    const state = withBudgets(
      { name: 'soft', mode: 'soft', accounts: [account('all', 3)] },
      { name: 'day', accounts: [account('all', 0.5)] },
      { name: 'agent', per: 'agent', limit: 2, accounts: [account('codex', 0.7), account('claude', 0.9)] },
    );
    expect(budgetToAllow(state)).toEqual({
      text: 'budget agent of claude: allow $0.2000 more, once?',
      action: { type: 'allowBudget', name: 'agent', subject: 'claude', once: 0.2 },
    });
  });

  it('is about nobody where all spend together', () => {
    expect(budgetToAllow(withBudgets({}))).toMatchObject({
      text: 'budget day: allow $2.00 more, once?',
      action: { subject: null, once: 2 },
    });
  });

  it('counts whole tokens', () => {
    expect(budgetToAllow(withBudgets({ unit: 'tokens', limit: 1005 }))).toMatchObject({
      text: 'budget day: allow 101 tokens more, once?',
      action: { once: 101 },
    });
  });

  it('cannot be asked where there is none', () => {
    for (const state of [exampleState({ snapshot: null }), withBudgets(), withBudgets({ mode: 'shadow' })]) {
      expect(budgetToAllow(state)).toContain('no hard budget');
    }
  });
});
