import { budgetModes, budgetWindows, picodollarsFrom, type BudgetRule } from '../../quota.ts';
import { type Part, partsOf } from './parts.ts';

const budgetGrammar = 'AMOUNT/WINDOW in dollars or tokens:AMOUNT/WINDOW, and mode=MODE behind a comma';

const amountAndWindow = /^(?:(usd|tokens):)?\$?(\d{1,15}(?:\.\d{1,12})?)\/([a-z]+)$/;

/**
 * Reads the budgets of an access key, such as `20/day` and `tokens:1000000/month,mode=soft`.
 * @param key the name that their rules are to carry
 */
export function budgetsFrom(
  texts: readonly string[],
  key: string,
): readonly BudgetRule[] | { readonly problem: string } {
  const rules: BudgetRule[] = [];
  for (const text of texts) {
    const rule = budgetFrom(text, key);
    if ('problem' in rule) return rule;
    if (rules.some(({ name }) => name === rule.name)) {
      return { problem: `budget: expected one in ${rule.unit} for each window; got two for ${rule.window}` };
    }
    rules.push(rule);
  }
  return rules;
}

function budgetFrom(text: string, key: string): BudgetRule | { readonly problem: string } {
  const [first, ...others] = partsOf(text);
  const [, unitText, amountText = '', windowText] = amountAndWindow.exec(first?.name ?? '') ?? [];
  if (first?.value !== '' || amountText === '') return { problem: `budget: expected ${budgetGrammar}; got ${text}` };
  const window = budgetWindows.find((known) => known === windowText);
  if (!window) return { problem: `budget: expected one of the windows ${budgetWindows.join(', ')}; got ${text}` };
  const mode = modeOf(others);
  if (!mode) return { problem: `budget: expected mode=${budgetModes.join(', mode=')} or nothing; got ${text}` };
  const unit = unitText === 'tokens' ? 'tokens' : 'usd';
  const { amount, expected } = amountOf(unit, amountText);
  if (amount === null) return { problem: `budget: expected ${expected}; got ${text}` };
  const name = `key ${key} ${window}${nameEnds[unit]}`;
  return { name, per: 'key', match: null, unit, amount, window, mode, maxOutput: null, unpriced: 'refuse' };
}

const nameEnds = { usd: '', tokens: ' tokens' } as const;

interface Amount {
  readonly amount: number | null;
  readonly expected: string;
}

function amountOf(unit: BudgetRule['unit'], text: string): Amount {
  if (unit === 'usd') {
    return { amount: picodollarsFrom(Number(text)), expected: 'more than 0 and at most 9000 dollars' };
  }
  return { amount: wholeFrom(text), expected: 'a whole number of at least 1 token' };
}

function modeOf([part, ...more]: readonly Part[]): BudgetRule['mode'] | undefined {
  if (!part) return 'hard';
  if (part.name !== 'mode' || more.length > 0) return undefined;
  return budgetModes.find((known) => known === part.value);
}

function wholeFrom(text: string): number | null {
  return /^[1-9]\d*$/.test(text) ? Number(text) : null;
}
