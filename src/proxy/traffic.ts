import { circuitBreaker, createBreakers, type Breakers, type Transition } from './circuit-breaker/index.ts';
import type { Change, ChangeProblem } from './change.ts';
import type { Clock } from './clock.ts';
import type { ProxyConfig } from './config/config.ts';
import type { Call, RoutedCall } from './exchange.ts';
import type { TrafficNumbers } from './monitor/index.ts';
import { loopbackName } from './provider-router/index.ts';
import { createLimits, rateLimiter, type Limits } from './rate-limiter/index.ts';
import type { Stage } from './stage.ts';

/** What holds requests back or sends them elsewhere: it lives as long as the proxy, whatever its configuration becomes. */
export interface Traffic {
  readonly breakers: Breakers;
  readonly circuitBreaker: Stage<RoutedCall>;
  readonly rateLimiter: Stage<Call>;
  /** For `/stats`. */
  readonly limits: Limits['status'];
  /** For `/metrics`. */
  readonly numbers: () => TrafficNumbers;
  readonly configure: (config: ProxyConfig) => void;
  readonly change: (change: Change) => ChangeProblem;
}

export interface TrafficParts {
  readonly clock: Clock;
  /** Tells the user what should be known at once. */
  readonly notice: (code: string, message: string) => void;
}

export function createTraffic(initial: ProxyConfig, { clock, notice }: TrafficParts): Traffic {
  let config = initial;
  const breakers = createBreakers({
    options: initial.breaker,
    now: clock.now,
    providers: () => [...Object.keys(config.providers), loopbackName],
    changed: (transition) => notice('circuit', transitionText(transition)),
  });
  const limits = createLimits(clock);
  limits.configure(initial.limits);

  return {
    breakers,
    circuitBreaker: circuitBreaker({ breakers, now: clock.now }),
    rateLimiter: rateLimiter(limits),
    limits: () => limits.status(),
    numbers: () => ({ circuits: circuitNumbers(breakers), limits: limits.counters() }),
    configure(next) {
      breakers.configure(next.breaker);
      limits.configure(next.limits);
      for (const name of changedProviders(config, next)) breakers.reset(name);
      config = next;
    },
    change({ name, to }) {
      if (!config.breaker.enabled) return 'the configuration switches all circuit breakers off (breaker.enabled)';
      if (breakers.force(name, to)) return null;
      return `no circuit breaker is called ${name}; known are ${Object.keys(breakers.status()).join(', ')}, and PROVIDER/MODEL`;
    },
  };
}

function circuitNumbers(breakers: Breakers): TrafficNumbers['circuits'] {
  const counters = breakers.counters();
  const known = Object.entries(breakers.status());
  return Object.fromEntries(
    known.map(([name, { state, models }]) => [name, { ...counters[name]!, state, models }] as const),
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
