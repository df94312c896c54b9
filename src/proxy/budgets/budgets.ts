import type { AccessKey } from '../access-key.ts';
import type { BudgetChange, ChangeProblem } from '../change.ts';
import type { BudgetRule } from '../quota.ts';
import type { Adjustment } from '../spending.ts';
import { type ActiveRule, activeRule } from './active-rule.ts';
import type { Account } from './account.ts';
import { accountId, type Accounts } from './accounts.ts';
import { amountText, resetText } from './amounts.ts';
import type { Book } from './book.ts';
import { amountFrom } from './grant.ts';
import { createHistories } from './learned.ts';
import { type BudgetReport, budgetReport } from './report.ts';
import { type ReservationParts, warnPercent } from './reservation.ts';
import type { SavedBudgets } from './saved-budgets.ts';
import { spentBefore, type SeedParts } from './seed.ts';
import { createWindows } from './windows.ts';

export interface BudgetsParts extends SeedParts {
  readonly accounts: Accounts;
  readonly saved: SavedBudgets;
  /** Unix milliseconds. */
  readonly wall: () => number;
  /** Writes a change of an account down, and makes it. */
  readonly adjusted: (adjustment: Adjustment) => void;
  /** Runs the callback once what was changed is on disk. */
  readonly written: (run: () => void) => void;
  /** Tells whoever looks: a code for programs, a message for people. */
  readonly notice: (code: string, message: string) => void;
}

/** All budgets at work. They live as long as the proxy. */
export class Budgets {
  readonly #parts: BudgetsParts;
  readonly #windows = createWindows();
  readonly reservationParts: Omit<ReservationParts, 'priceOf'>;
  #configured: readonly BudgetRule[] = [];
  #rules: readonly ActiveRule[] = [];
  #rulesOfKeys = new WeakMap<AccessKey, readonly ActiveRule[]>();

  constructor(parts: BudgetsParts) {
    this.#parts = parts;
    const { wall, isPlayMoney } = parts;
    this.reservationParts = { windows: this.#windows, wall, isPlayMoney, historyOf: createHistories() };
    parts.accounts.charged = (book, account) => this.#warn(book, account);
  }

  /** Puts those of a configuration to work, and those that commands have set. What is on its way ends under the old ones. */
  configure(configured: readonly BudgetRule[]): void {
    const { accounts, saved } = this.#parts;
    this.#configured = configured;
    this.#rulesOfKeys = new WeakMap();
    for (const book of accounts.books) book.rule = null;
    const names = new Set(configured.map(({ name }) => name));
    const all = [...configured, ...saved.rules.filter(({ name }) => !names.has(name))];
    this.#rules = all.map((rule) => this.#activate(rule, false));
  }

  #activate(rule: BudgetRule, isOfKey: boolean): ActiveRule {
    const { accounts } = this.#parts;
    const id = accountId(rule, isOfKey);
    const isNew = accounts.find(id) === undefined;
    const book = accounts.book(id);
    book.rule = rule;
    if (isNew && !isOfKey) this.#seed(book, rule);
    for (const account of book.accounts) account.warnedPercent = warnedPercentOf(account, rule);
    return activeRule(rule, book);
  }

  #seed({ id: account }: Book, rule: BudgetRule): void {
    const window = this.#windows.at(rule.window, this.#parts.wall());
    for (const [subject, spent] of spentBefore(rule, window, this.#parts)) {
      this.#parts.adjusted({ account, subject, window, spent, granted: 0, isReset: false });
    }
  }

  /** Those that may concern a request: the configured ones, and those of its access key. */
  rulesFor(access: AccessKey | null): readonly ActiveRule[] {
    if (access === null || access.budgets.length === 0) return this.#rules;
    let rules = this.#rulesOfKeys.get(access);
    if (!rules) {
      rules = [...this.#rules, ...access.budgets.map((rule) => this.#activate(rule, true))];
      this.#rulesOfKeys.set(access, rules);
    }
    return rules;
  }

  /** Each share is warned of once in each window. */
  #warn({ rule }: Book, account: Account): void {
    if (rule === null || rule.mode === 'shadow') return;
    const percent = warnedPercentOf(account, rule);
    if (percent <= account.warnedPercent) return;
    account.warnedPercent = percent;
    const of = rule.per === 'all' ? '' : ` of ${account.subject}`;
    const spent = amountText(rule.unit, account.spent);
    const all = amountText(rule.unit, rule.amount + account.granted);
    const reset = resetText(account.window);
    const state = percent === 100 ? 'is used up' : `is used to ${Math.floor(account.usedPercent(rule.amount))} %`;
    const when = reset === null ? '' : `; it resets at ${reset}`;
    this.#parts.notice('budget', `the budget ${rule.name}${of} ${state}: ${spent} of ${all}${when}`);
  }

  /** Makes a change that a user has asked for. */
  async change(change: BudgetChange): Promise<ChangeProblem> {
    if (change.kind === 'budget-allow' || change.kind === 'budget-reset') {
      const problem = this.#adjust(change);
      if (problem === null) await new Promise<void>(this.#parts.written);
      return problem;
    }
    const problem = await this.#parts.saved.change(change, this.#configured);
    if (problem === null) this.configure(this.#configured);
    return problem;
  }

  #adjust(change: Extract<BudgetChange, { kind: 'budget-allow' | 'budget-reset' }>): ChangeProblem {
    const isReset = change.kind === 'budget-reset';
    const named = [...this.#parts.accounts.books].filter(({ rule }) => rule?.name === change.name);
    const [first] = named;
    if (!first?.rule) return `there is no budget ${change.name}`;
    if (first.rule.window === 'request') return `the budget ${change.name} is for each request by itself`;
    const granted = isReset ? 0 : amountFrom(first.rule.unit, change.once);
    if (granted === null) return 'the amount is not one: more than 0, and whole for tokens';
    if (change.subject === null && !named.some(hasSubjects)) {
      return `nobody has spent anything of the budget ${change.name} yet; --subject names who is meant`;
    }
    for (const book of named) {
      const now = this.#windows.at(book.rule!.window, this.#parts.wall());
      for (const subject of subjectsOf(book, change.subject, now)) {
        const window = windowFor(subject === null ? undefined : book.find(subject), now, isReset);
        this.#parts.adjusted({ account: book.id, subject, window, spent: 0, granted, isReset });
      }
    }
    return null;
  }

  /** How each budget stands. */
  report(): BudgetReport[] {
    const wallMs = this.#parts.wall();
    return [...this.#parts.accounts.books].flatMap((book) =>
      book.rule === null ? [] : [budgetReport(book, book.rule, this.#windows, wallMs)],
    );
  }
}

function hasSubjects({ rule, accounts }: Book): boolean {
  return rule?.per === 'all' || [...accounts].length > 0;
}

/** Null: all that there are. One by one where the clock has gone back, so that some accounts may be ahead of it. */
function subjectsOf({ rule, accounts }: Book, subject: string | null, now: string): (string | null)[] {
  if (subject !== null) return [subject];
  if (rule?.per === 'all') return ['all'];
  const all = [...accounts];
  return all.some(({ window }) => window > now) ? all.map((account) => account.subject) : [null];
}

/**
 * The window that is meant. What is granted to an account that is ahead of the clock goes to the window that it is in; to
 * begin anew brings it back to the clock's own, unless requests are on their way that will be charged to the later one.
 */
function windowFor(account: Account | undefined, now: string, isReset: boolean): string {
  if (account === undefined || account.window <= now) return now;
  return isReset && account.reserved === 0 ? now : account.window;
}

function warnedPercentOf(account: Account, { amount }: BudgetRule): number {
  const percent = account.usedPercent(amount);
  return percent >= 100 ? 100 : percent >= warnPercent ? warnPercent : 0;
}
