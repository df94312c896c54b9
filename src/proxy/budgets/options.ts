import { z } from 'zod';
import { type BudgetRule, budgetModes, budgetScopes, budgetWindows, maxDollars, picodollarsFrom } from '../quota.ts';

const maxBudgets = 100;

/** A budget as it stands in the configuration. */
export const budgetOption = z.strictObject({
  name: z.string().describe('Stands in refusals, warnings and metrics, and is what `tokenpak budget` knows it by.'),
  per: z
    .enum(budgetScopes)
    .describe('Whose money it is: of all requests together, or of each access key, project, model, session or agent.'),
  match: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Only for names like this, such as `claude-*`; `*` stands for any text, `?` for one character.'),
  usd: z
    .number()
    .min(0.000_001)
    .max(maxDollars)
    .optional()
    .describe('Dollars by list prices, more than 0. Either `usd` or `tokens` is set.'),
  tokens: z.int().min(1).optional().describe('Tokens of every class, input and output.'),
  window: z
    .enum(budgetWindows)
    .describe("For what time it is: one request, one session, or a day or a month by the machine's time zone."),
  mode: z
    .enum(budgetModes)
    .default('hard')
    .describe('`hard` refuses what has no room, `soft` warns of it, `shadow` only counts what it would have refused.'),
  maxOutput: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('The output limit in tokens that is put into requests which name none.'),
  unpriced: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe('What becomes of requests whose price nobody knows.'),
});
type BudgetOption = z.infer<typeof budgetOption>;

export const budgetOptions = z
  .array(budgetOption)
  .max(maxBudgets)
  .default([])
  .describe('What may be spent, and what happens beyond that.');

/** The same as the proxy takes it. Expects what `budgetProblem` has nothing against. */
export function budgetRule({
  name,
  per,
  match,
  usd,
  tokens,
  window,
  mode,
  maxOutput,
  unpriced,
}: BudgetOption): BudgetRule {
  return {
    ...{ name, per, match: match ?? null, window, mode, maxOutput: maxOutput ?? null, unpriced },
    unit: usd === undefined ? 'tokens' : 'usd',
    amount: usd === undefined ? (tokens ?? 0) : (picodollarsFrom(usd) ?? 0),
  };
}
