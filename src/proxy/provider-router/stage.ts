import type { Clock } from '../clock.ts';
import type { Call, RoutedCall } from '../exchange.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import type { BaseUrl } from './base-url.ts';
import { candidateFinder, soleCandidate } from './candidate.ts';
import { chooseProvider, namedProvider, type Choice } from './choose.ts';
import { Cooldowns } from './cooldowns.ts';
import { failover } from './failover.ts';
import type { OrderParts } from './order.ts';
import { prepareProviders, type ProviderWithKey } from './provider.ts';
import type { RouteOptions } from './route-options.ts';
import { RouteSearch, type Circuits } from './route-search.ts';
import { prepareRules, ruleOfKeys, type Rule } from './rule.ts';
import { StickySessions } from './sticky-sessions.ts';
import { TargetLoads } from './target-loads.ts';
import { loopbackBases, routedTo } from './targets.ts';

export interface ProviderRouterParts extends Omit<OrderParts, 'loads'> {
  readonly providers: Readonly<Record<string, ProviderWithKey>>;
  readonly routes: readonly RouteOptions[];
  /** The address of the loopback provider, which is started when it is first asked for. */
  readonly loopbackUrl: () => Promise<string>;
  readonly memory: RouterMemory;
  readonly circuits: Circuits;
  readonly clock: Clock;
  /** For a whole exchange, milliseconds; 0: no limit. */
  readonly totalMs: number;
}

/** What is learnt of targets: it stays when the configuration changes. */
export interface RouterMemory {
  readonly loads: TargetLoads;
  readonly cooldowns: Cooldowns;
  readonly sessions: StickySessions;
}

export function routerMemory(): RouterMemory {
  return { loads: new TargetLoads(), cooldowns: new Cooldowns(), sessions: new StickySessions() };
}

/**
 * Chooses the provider of a call, and what it is sent as path and credential. Where a rule fits, its targets are asked
 * one after the other until one answers; a request that names its provider goes there.
 */
export function providerRouter(parts: ProviderRouterParts): Stage<Call, RoutedCall> {
  const { loopbackUrl, memory, clock, totalMs, circuits, random, priceOf } = parts;
  const prepared = prepareProviders(parts.providers);
  const candidatesOf = candidateFinder(prepared);
  const rules = prepareRules(parts.routes, clock.wall);
  const loopbackBase = loopbackBases(loopbackUrl);
  const searchParts = { ...memory, circuits, random, priceOf, totalMs, now: clock.now };
  const failoverParts = { ...memory, clock, totalMs };

  function handle(call: Call, next: Next<RoutedCall>): Promise<Reply> {
    const rule = rules.length === 0 || namedProvider(call) !== null ? undefined : rules.find(({ fits }) => fits(call));
    if (rule !== undefined) return byRule(call, rule, next);
    const choice = chooseProvider(call, prepared);
    if (choice.provider.keyCount > 1) return byRule(call, ruleOfKeys(choice.provider.name), next, choice);
    const { base } = choice.provider;
    if (base) return straight(call, choice, base, next);
    return loopbackBase().then((started) => straight(call, choice, started, next));
  }

  function straight(call: Call, choice: Choice, base: BaseUrl, next: Next<RoutedCall>): Promise<Reply> {
    call.record.provider = choice.provider.name;
    call.record.dialect = choice.dialect;
    const { routed } = routedTo(call, choice, { base, model: call.model, firstByteMs: null });
    call.admit(routed.target);
    return next(routed);
  }

  function byRule(call: Call, rule: Rule, next: Next<RoutedCall>, choice: Choice | null = null): Promise<Reply> {
    const candidates = choice ? soleCandidate(choice, call) : candidatesOf(call, rule);
    const asked = (loopback: BaseUrl | null): Promise<Reply> => {
      const route = new RouteSearch(call, rule, { candidates, loopback, choice }, searchParts);
      return failover(call, rule, route, { parts: failoverParts, next });
    };
    return candidates.list.some(({ provider }) => provider.base === null) ? loopbackBase().then(asked) : asked(null);
  }

  return { name: 'provider-router', handle };
}
