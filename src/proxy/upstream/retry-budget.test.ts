import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { createRetryBudgets, RetryBudget } from './retry-budget.ts';

function start(): { clock: FakeClock; budget: RetryBudget } {
  const clock = fakeClock();
  return { clock, budget: new RetryBudget(clock.now) };
}

/** A budget of a provider that has answered. */
function well(): { clock: FakeClock; budget: RetryBudget } {
  const started = start();
  started.budget.admitted();
  started.budget.answered();
  return started;
}

/** One request to a provider that is down; says whether it was repeated. */
function fails(budget: RetryBudget): boolean {
  budget.admitted();
  budget.failed(false);
  const repeated = budget.take();
  if (repeated) budget.failed(true);
  return repeated;
}

describe('the retry budget', () => {
  it('has nothing for a provider that has never answered but what its requests save, however long that takes', () => {
    const { clock, budget } = start();
    const repeated = Array.from({ length: 11 }, () => {
      clock.advance(3_600_000);
      return fails(budget);
    });
    expect(repeated.flatMap((is, index) => (is ? [index + 1] : []))).toEqual([5, 10]);
  });

  it('has ten retries for a provider from its first answer on', () => {
    const { budget } = well();
    expect(budget.left).toBe(10);
    expect(Array.from({ length: 11 }, () => budget.take()).filter(Boolean)).toHaveLength(10);
    expect(budget.taken).toBe(10);
  });

  it('saves one for each five requests, and one in five seconds without any', () => {
    const { clock, budget } = well();
    for (let n = 0; n < 10; n++) budget.take();
    for (let n = 0; n < 4; n++) budget.admitted();
    expect(budget.take()).toBe(false);
    budget.admitted();
    expect(budget.take()).toBe(true);
    clock.advance(4999);
    expect(budget.take()).toBe(false);
    clock.advance(1);
    expect(budget.take()).toBe(true);
    clock.advance(3_600_000);
    expect(budget.left).toBe(10);
  });

  it('saves nothing by time while the provider fails', () => {
    const { clock, budget } = well();
    for (let n = 0; n < 10; n++) budget.take();
    budget.failed(false);
    clock.advance(3_600_000);
    expect(budget.take()).toBe(false);
    budget.answered();
    clock.advance(5000);
    expect(budget.take()).toBe(true);
  });

  it('loses what was saved with the first retry that fails too', () => {
    const { budget } = well();
    const repeated = Array.from({ length: 20 }, () => fails(budget));
    expect(repeated.flatMap((is, index) => (is ? [index + 1] : []))).toEqual([1, 10, 15, 20]);
  });

  it('is not in debt to a provider that has come back', () => {
    const { clock, budget } = well();
    fails(budget);
    expect(budget.left).toBe(0);
    budget.answered();
    clock.advance(5000);
    expect(budget.left).toBe(1);
  });
});

/** What can happen at a provider that is down; a number picks one of the retries that are on their way. */
const downStep = fc.oneof(
  fc.record({ kind: fc.constant('request' as const) }),
  fc.record({ kind: fc.constant('failure' as const) }),
  fc.record({ kind: fc.constant('retry failure' as const) }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.nat(60_000) }),
);
type DownStep = typeof downStep extends fc.Arbitrary<infer Step> ? Step : never;

/** Plays an outage; is told after each step how many requests and attempts the provider has had, and how many retries are under way. */
function playOutage(
  { clock, budget }: { clock: FakeClock; budget: RetryBudget },
  steps: readonly DownStep[],
  look: (requests: number, attempts: number, hasLost: boolean) => void,
): void {
  let requests = 0;
  let attempts = 0;
  let open = 0;
  let retrying = 0;
  let hasLost = false;
  const failed = (wasRetry: boolean): void => {
    budget.failed(wasRetry);
    hasLost ||= wasRetry;
    if (wasRetry || !budget.take()) return;
    attempts++;
    retrying++;
  };
  for (const step of steps) {
    if (step.kind === 'request') {
      budget.admitted();
      requests++;
      attempts++;
      open++;
    } else if (step.kind === 'failure' && open > 0) {
      open--;
      failed(false);
    } else if (step.kind === 'retry failure' && retrying > 0) {
      retrying--;
      failed(true);
    } else if (step.kind === 'time') clock.advance(step.ms);
    look(requests, attempts, hasLost);
  }
}

describe('a provider that is down', () => {
  const steps = fc.array(downStep, { maxLength: 400 });

  it('from the start sees at most 1.2 attempts for each request, at any moment', () => {
    fc.assert(
      fc.property(steps, (played) => {
        playOutage(start(), played, (requests, attempts) => expect(attempts * 5).toBeLessThanOrEqual(requests * 6));
      }),
    );
  });

  it('after better times sees ten more at the most, and pays them back before the next', () => {
    fc.assert(
      fc.property(steps, (played) => {
        let before = 0;
        playOutage(well(), played, (requests, attempts, hasLost) => {
          const retries = attempts - requests;
          expect(retries * 5).toBeLessThanOrEqual(requests + 50);
          const isPaid = attempts * 5 <= requests * 6;
          expect(isPaid || !hasLost || retries === before).toBe(true);
          before = retries;
        });
      }),
    );
  });
});

it('is of one provider at one address', () => {
  const budgets = createRetryBudgets(() => 0);
  const at = (provider: string, origin: string): RetryBudget => budgets.of({ provider, origin });
  at('one', 'https://a.test').answered();
  at('other', 'https://b.test').admitted();
  expect(at('one', 'https://a.test').take()).toBe(true);
  expect(budgets.levels()).toEqual([
    { provider: 'one', left: 9, taken: 1 },
    { provider: 'other', left: 0.2, taken: 0 },
  ]);
  expect(at('one', 'https://moved.test').left).toBe(0);
});
