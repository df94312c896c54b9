import type { Adapter } from 'lowdb';
import { Low } from 'lowdb';
import type { BudgetChange } from '../change.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { BudgetRule } from '../quota.ts';

const formatVersion = 1;

export type SetOrRemove = Extract<BudgetChange, { kind: 'budget-set' | 'budget-remove' }>;

/** The budgets that commands have set: they stand beside those of the configuration, in a file of their own. */
export class SavedBudgets {
  readonly #low: Low<unknown>;
  /** Why the file is left as it is: nobody can read it. */
  #unreadable: string | null = null;
  #rules: readonly BudgetRule[] = [];
  #written: readonly JsonObject[] = [];

  constructor(file: Adapter<unknown>) {
    this.#low = new Low(file, null);
  }

  get rules(): readonly BudgetRule[] {
    return this.#rules;
  }

  /** Reads the file. Gives what cannot be used of it, a sentence each; that is left out. Never throws. */
  async load(configured: readonly BudgetRule[]): Promise<string[]> {
    const saved = await this.#read();
    if (this.#unreadable !== null) return [this.#unreadable];
    const problems: string[] = [];
    for (const budget of saved) {
      const problem = await this.#take(budget, configured);
      if (problem !== null) problems.push(problem);
    }
    return problems;
  }

  async #read(): Promise<readonly unknown[]> {
    try {
      await this.#low.read();
      const saved = this.#low.data;
      if (saved === null) return [];
      if (isObject(saved) && saved['version'] === formatVersion && Array.isArray(saved['budgets'])) {
        return saved['budgets'] as unknown[];
      }
      throw new Error('it is not what this version of tokenpak writes');
    } catch (error) {
      this.#unreadable = `the budgets that commands have set could not be read: ${String(error)}`;
      return [];
    }
  }

  async #take(budget: unknown, configured: readonly BudgetRule[]): Promise<string | null> {
    const checked = await check(budget, configured, this.#written);
    if ('problem' in checked) return checked.problem;
    this.#written = [...this.#written, checked.written];
    this.#rules = [...this.#rules, checked.rule];
    return null;
  }

  /** Makes a change and saves it. Gives what is wrong with it, or null. */
  async change(change: SetOrRemove, configured: readonly BudgetRule[]): Promise<string | null> {
    if (this.#unreadable !== null) return this.#unreadable;
    const name = change.kind === 'budget-remove' ? change.name : nameOf(change.budget);
    if (configured.some((rule) => rule.name === name)) {
      return `the budget ${name} stands in the configuration file; it can be changed only there`;
    }
    const index = this.#rules.findIndex((rule) => rule.name === name);
    const written = this.#written.filter((_, at) => at !== index);
    const rules = this.#rules.filter((_, at) => at !== index);
    if (change.kind === 'budget-remove') {
      if (index < 0) return `there is no budget ${name}`;
      return this.#save(rules, written);
    }
    const checked = await check(change.budget, configured, written);
    if ('problem' in checked) return checked.problem;
    return this.#save([...rules, checked.rule], [...written, checked.written]);
  }

  async #save(rules: readonly BudgetRule[], written: readonly JsonObject[]): Promise<null> {
    this.#low.data = { version: formatVersion, budgets: written };
    await this.#low.write();
    this.#rules = rules;
    this.#written = written;
    return null;
  }
}

type Checked = { readonly rule: BudgetRule; readonly written: JsonObject } | { readonly problem: string };

/** The schema's library is worth loading only for those who set budgets. */
async function check(
  budget: unknown,
  configured: readonly BudgetRule[],
  written: readonly JsonObject[],
): Promise<Checked> {
  const [{ budgetOption, budgetRule }, { budgetProblem }] = await Promise.all([
    import('./options.ts'),
    import('./problems.ts'),
  ]);
  const parsed = budgetOption.safeParse(budget);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `the budget ${nameOf(budget)}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
  }
  const others = [...configured.map(asWritten), ...written];
  const problem = budgetProblem(parsed.data, others);
  if (problem) return { problem: `the budget ${parsed.data.name}: ${problem.key}: expected ${problem.expected}` };
  return { rule: budgetRule(parsed.data), written: parsed.data };
}

function asWritten({ name, per, match, unit, amount, window, mode }: BudgetRule): JsonObject {
  return { name, per, match: match ?? undefined, [unit]: amount, window, mode };
}

function nameOf(budget: unknown): string {
  return isObject(budget) ? String(budget['name']) : '';
}
