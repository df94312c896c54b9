import type { Call, Target } from '../exchange.ts';
import { globMatcher } from '../glob.ts';
import type { BudgetRule } from '../quota.ts';
import { printableName } from '../printable-name.ts';
import type { Book } from './book.ts';

/** A budget at work, with its accounts. */
export interface ActiveRule {
  readonly rule: BudgetRule;
  readonly book: Book;
  /** Whose account a request is charged to; null where the budget does not concern it. */
  readonly subjectOf: (call: Call, target: Target) => string | null;
}

/** Who says nothing of itself shares one account with all others who do not. */
const unnamed = 'none';

export function activeRule(rule: BudgetRule, book: Book): ActiveRule {
  const { per, window } = rule;
  const matches = rule.match === null ? null : globMatcher(rule.match);
  const nameOf = names[per];
  const isInSession = per === 'agent' && window === 'session';
  return {
    rule,
    book,
    subjectOf(call, target) {
      const name = nameOf(call, target) ?? unnamed;
      if (matches && !matches(name)) return null;
      // Programs of one name run in many sessions.
      return isInSession ? `${name}@${call.record.caller.session ?? unnamed}` : name;
    },
  };
}

const names: Record<BudgetRule['per'], (call: Call, target: Target) => string | null> = {
  all: () => 'all',
  key: ({ record }) => record.caller.key,
  project: ({ record }) => record.caller.project,
  model: (_call, { model }) => model && printableName(model),
  session: ({ record }) => record.caller.session,
  agent: ({ record }) => record.caller.agent,
};
