import type { Call, Envelope, Target } from '../../src/proxy/exchange.ts';
import { Accounts, Budgets, SavedBudgets } from '../../src/proxy/budgets/index.ts';
import type { BudgetRule } from '../../src/proxy/quota.ts';
import type { Adjustment, Charge } from '../../src/proxy/spending.ts';
import { call, type CallParts } from './exchange.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';

export function rule(parts: Partial<BudgetRule> = {}): BudgetRule {
  return {
    ...{ name: 'day', per: 'all', match: null, unit: 'usd', amount: 1000, window: 'day', mode: 'hard' },
    ...{ maxOutput: null, unpriced: 'refuse', ...parts },
  };
}

const envelope: Envelope = {
  ...{ model: 'm', modelSpan: null, stream: false, streamOptions: null, includeUsage: null, maxTokens: null },
  ...{ choices: 1, tools: false, serviceTier: null, membersStart: 1, duplicates: [] },
};

/** A request of so many bytes, with what a test wants different in its envelope. */
export function request(bytes: number, parts: Partial<Envelope> = {}, more: CallParts = {}): Call {
  const body = `{${' '.repeat(Math.max(0, bytes - 2))}}`;
  return call({ body, model: 'm', envelope: { ...envelope, ...parts }, ...more });
}

export const target: Target = {
  ...{ provider: 'anthropic', origin: 'https://a.test', path: '/v1/messages', model: 'm', credential: null },
  ...{ local: false, allowsPrivate: false, firstByteMs: null },
};

type Kept = { readonly charges: readonly Charge[]; readonly sign: 1 | -1 } | Adjustment;

/** Budgets with a ledger in memory: what is told of it can be told again to the accounts of a later run. */
export interface BudgetHome {
  readonly clock: FakeClock;
  readonly notices: string[];
  readonly budgets: Budgets;
  readonly accounts: Accounts;
  readonly charge: (charges: readonly Charge[], sign?: 1 | -1) => void;
  /** Saves the accounts, as the ledger does from time to time. */
  readonly save: () => void;
  /** Another run, which knows what was saved, and what was written since. */
  readonly restart: (rules: readonly BudgetRule[]) => void;
}

export function budgetHome(rules: readonly BudgetRule[], days: BudgetDays = () => []): BudgetHome {
  const clock = fakeClock();
  const notices: string[] = [];
  let saved: unknown = [];
  let since: Kept[] = [];
  const home = { clock, notices, charge, save, restart, ...run(rules) };
  return home;

  function run(configured: readonly BudgetRule[]): Pick<BudgetHome, 'budgets' | 'accounts'> {
    const accounts = new Accounts(clock.wall);
    if (!accounts.load(JSON.parse(JSON.stringify(saved)))) throw new Error('what was saved cannot be read');
    for (const kept of since) tell(accounts, kept);
    const budgets = new Budgets({
      ...{ accounts, wall: clock.wall, days, saved: new SavedBudgets(memoryFile()), written: (done) => done() },
      isPlayMoney: (provider) => provider === 'loopback',
      notice: (_code, message) => notices.push(message),
      adjusted: (adjustment) => keep(adjustment, accounts),
    });
    budgets.configure(configured);
    return { budgets, accounts };
  }

  function keep(kept: Kept, accounts: Accounts): void {
    since.push(kept);
    tell(accounts, kept);
  }

  function charge(charges: readonly Charge[], sign: 1 | -1 = 1): void {
    keep({ charges, sign }, home.accounts);
  }

  function save(): void {
    saved = home.accounts.json();
    since = [];
  }

  function restart(configured: readonly BudgetRule[]): void {
    Object.assign(home, run(configured));
  }
}

type BudgetDays = ConstructorParameters<typeof Budgets>[0]['days'];

function tell(accounts: Accounts, kept: Kept): void {
  if ('charges' in kept) accounts.charge(kept.charges, kept.sign);
  else accounts.adjust(kept);
}

/** A file that lasts as long as the test. */
function memoryFile(): { read: () => Promise<unknown>; write: (data: unknown) => Promise<void> } {
  let content: unknown = null;
  return {
    read: () => Promise.resolve(content),
    write: (data) => {
      content = data;
      return Promise.resolve();
    },
  };
}
