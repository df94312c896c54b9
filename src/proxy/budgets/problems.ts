/** A budget of unknown shape, from a file or a command line. */
type Written = Readonly<Record<string, unknown>>;

export interface BudgetProblem {
  /** Which of its members it is about. */
  readonly key: string;
  readonly expected: string;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What is wrong with a budget beyond its shape, seen beside those that stand before it; null where nothing is. */
export function budgetProblem(budget: Written, earlier: readonly Written[]): BudgetProblem | null {
  return ownProblem(budget) ?? overlap(budget, earlier);
}

function ownProblem({ name, per, window, usd, tokens }: Written): BudgetProblem | null {
  if (typeof name === 'string' && !namePattern.test(name)) {
    return { key: 'name', expected: 'at most 64 letters, digits, dots, dashes and underscores' };
  }
  if (usd === undefined && tokens === undefined) return { key: 'name', expected: 'an amount: usd or tokens' };
  if (usd !== undefined && tokens !== undefined) {
    return { key: 'tokens', expected: 'either usd or tokens; two budgets can limit both' };
  }
  if (window === 'session' && per !== 'session' && per !== 'agent') {
    return {
      key: 'window',
      expected: 'day, month or request; only budgets per session or per agent last for a session',
    };
  }
  return null;
}

function overlap(budget: Written, earlier: readonly Written[]): BudgetProblem | null {
  if (earlier.some((other) => other['name'] === budget['name'])) {
    return { key: 'name', expected: 'a name of its own; another budget has it already' };
  }
  const twin = isHard(budget) ? earlier.find((other) => isHard(other) && meansTheSame(other, budget)) : undefined;
  if (!twin) return null;
  const expected = `another per, match or window; the hard budget ${String(twin['name'])} is for the same`;
  return { key: 'name', expected };
}

function isHard({ mode = 'hard' }: Written): boolean {
  return mode === 'hard';
}

function meansTheSame(one: Written, other: Written): boolean {
  const same = (key: string): boolean => one[key] === other[key];
  return same('per') && same('match') && same('window') && (one['usd'] === undefined) === (other['usd'] === undefined);
}
