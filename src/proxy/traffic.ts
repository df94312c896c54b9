import { type Accounts, Budgets, budgets, type SavedBudgets } from './budgets/index.ts';
import { circuitBreaker, createBreakers, type Breakers, type Transition } from './circuit-breaker/index.ts';
import type { Change, ChangeProblem } from './change.ts';
import type { Clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import type { Call, RoutedCall } from './exchange.ts';
import type { Ledger } from './ledger/index.ts';
import type { TrafficNumbers } from './monitor/index.ts';
import { loopbackName, routerMemory, type RouterMemory } from './provider-router/index.ts';
import { createLimits, rateLimiter, type Limits } from './rate-limiter/index.ts';
import type { Stage } from './stage.ts';
import type { CeilingOf } from './token-counter/index.ts';

/** What holds requests back or sends them elsewhere: it lives as long as the proxy, whatever its configuration becomes. */
export interface Traffic {
  readonly breakers: Breakers;
  readonly circuitBreaker: Stage<RoutedCall>;
  readonly rateLimiter: Stage<Call>;
  /** For `/stats`. */
  readonly limits: Limits['status'];
  readonly routerMemory: RouterMemory;
  /** @param ceilingOf by the prices that hold with a configuration */
  readonly budgetStage: (ceilingOf: CeilingOf) => Stage<Call>;
  /** For `/metrics`. */
  readonly numbers: () => TrafficNumbers;
  readonly configure: (config: ProxyConfig) => void;
  readonly change: (change: Exclude<Change, { readonly kind: 'registry' }>) => Promise<ChangeProblem>;
}

export interface TrafficParts {
  readonly clock: Clock;
  /** Tells the user what should be known at once. */
  readonly notice: (code: string, message: string) => void;
  readonly ledger: Pick<Ledger, 'adjusted' | 'days' | 'written'>;
  readonly accounts: Accounts;
  readonly savedBudgets: SavedBudgets;
}

export function createTraffic(initial: ProxyConfig, parts: TrafficParts): Traffic {
  const { clock, notice } = parts;
  let config = initial;
  const breakers = createBreakers({
    options: initial.breaker,
    now: clock.now,
    providers: () => [...Object.keys(config.providers), loopbackName],
    changed: (transition) => notice('circuit', transitionText(transition)),
  });
  const allBudgets = budgetsOf(initial, parts);
  const limits = createLimits(clock);
  limits.configure(initial.limits);

  return {
    breakers,
    budgetStage: (ceilingOf) => budgets({ budgets: allBudgets, ceilingOf }),
    circuitBreaker: circuitBreaker({ breakers, now: clock.now }),
    rateLimiter: rateLimiter(limits),
    limits: () => limits.status(),
    routerMemory: routerMemory(),
    numbers: () => ({ circuits: circuitNumbers(breakers), limits: limits.counters(), budgets: allBudgets.report() }),
    configure(next) {
      allBudgets.configure(next.budgets);
      breakers.configure(next.breaker);
      limits.configure(next.limits);
      for (const name of changedProviders(config, next)) breakers.reset(name);
      config = next;
    },
    async change(change) {
      if (change.kind !== 'breaker') return allBudgets.change(change);
      const { name, to } = change;
      if (!config.breaker.enabled) return 'the configuration switches all circuit breakers off (breaker.enabled)';
      if (breakers.force(name, to)) return null;
      return `no circuit breaker is called ${name}; known are ${Object.keys(breakers.status()).join(', ')}, and PROVIDER/MODEL`;
    },
  };
}

function budgetsOf({ demo, budgets: rules }: ProxyConfig, parts: TrafficParts): Budgets {
  const { accounts, savedBudgets: saved, ledger, notice, clock } = parts;
  const made = new Budgets({
    ...{ accounts, saved, notice, wall: clock.wall, adjusted: ledger.adjusted, days: ledger.days },
    written: ledger.written,
    // The demo spends its play money; elsewhere the user's budgets are not touched by it.
    isPlayMoney: (provider) => !demo && provider === loopbackName,
  });
  made.configure(rules);
  return made;
}

function circuitNumbers(breakers: Breakers): TrafficNumbers['circuits'] {
  const counters = breakers.counters();
  const known = Object.entries(breakers.status());
  return Object.fromEntries(
    known.map(([name, { state, models }]) => {
      const states = Object.entries(models).map(([model, circuit]) => [model, circuit.state] as const);
      return [name, { ...counters[name]!, state, models: Object.fromEntries(states) }] as const;
    }),
  );
}

function changedProviders(before: ProxyConfig, after: ProxyConfig): string[] {
  return Object.keys(after.providers).filter(
    (name) => JSON.stringify(before.providers[name]) !== JSON.stringify(after.providers[name]),
  );
}

const states: Readonly<Record<Transition['to'], string>> = {
  closed: 'closed: requests pass again',
  open: 'open: requests are refused at once',
  half_open: 'half open: one request tries it again',
  forced_open: 'forced open: requests are refused until it is set back',
  forced_closed: 'forced closed: requests pass, whatever becomes of them',
};

function transitionText({ provider, model, to, reason }: Transition): string {
  return `circuit breaker of ${model === null ? provider : `${provider}/${model}`} is ${states[to]} (${reason})`;
}
