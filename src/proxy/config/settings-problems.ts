import { BlockList, isIP } from 'node:net';
import { budgetProblem } from '../budgets/problems.ts';
import type { Layers } from './layers.ts';
import { loopbackName } from '../provider-router/built-in.ts';
import { routeProblems } from '../provider-router/route-problems.ts';
import { resolveAliases } from '../request-router/aliases.ts';
import { limitProblems as problemsOfLimits } from '../rate-limiter/limit-problems.ts';
import { isMapping } from './mapping.ts';
import { type Problem, problemOutside, shown } from './problem.ts';
import { isProxyUrl, proxyExpectation } from './proxy-url.ts';
import { problemAt, valueAt } from './schema-problems.ts';
import { userPath } from './user-path.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** What the schema cannot see: rules between settings, and of the environment. */
export function settingsProblems(layers: Layers, env: NodeJS.ProcessEnv, token: string | null): Problem[] {
  return [
    ...listenProblems(layers, token),
    ...pathProblems(layers),
    ...proxyProblems(layers),
    ...aliasProblems(layers),
    ...routesProblems(layers),
    ...budgetProblems(layers),
    ...limitProblems(layers),
    ...tlsProblems(env),
  ];
}

function listenProblems(layers: Layers, token: string | null): Problem[] {
  const listen = layers.value.listen;
  if (!isMapping(listen)) return [];
  const { host, expose } = listen;
  if (typeof host !== 'string' || isLoopback(host)) return [];
  if (expose !== true) {
    return [
      problemAt(
        layers,
        ['listen', 'host'],
        '127.0.0.1, ::1 or localhost; any other address needs --expose and a token',
        shown(host),
      ),
    ];
  }
  if (token !== null) return [];
  const name = typeof listen.tokenEnv === 'string' ? listen.tokenEnv : 'TOKENPAK_TOKEN';
  return [
    problemAt(layers, ['listen', 'tokenEnv'], `a token in ${name}, since the address is reachable by others`, 'none'),
  ];
}

function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version === 0 ? host === 'localhost' : loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function pathProblems(layers: Layers): Problem[] {
  const { log, prices } = layers.value;
  const paths = [
    [['log', 'file'], isMapping(log) ? log.file : undefined],
    [['prices'], prices],
  ] as const;
  return paths.flatMap(([path, value]) =>
    typeof value === 'string' && userPath(value) === null
      ? [problemAt(layers, path, 'an absolute path, or one from ~/', shown(value))]
      : [],
  );
}

/** The URL of the proxy for all providers; one of a single provider is judged with that. */
function proxyProblems(layers: Layers): Problem[] {
  const value = layers.value.proxy;
  return typeof value === 'string' && !isProxyUrl(value)
    ? [problemAt(layers, ['proxy'], proxyExpectation, shown(value))]
    : [];
}

/** Where aliases lead back to themselves, no model is ever reached. */
function aliasProblems(layers: Layers): Problem[] {
  const { aliases } = layers.value;
  if (!isMapping(aliases)) return [];
  const named = Object.entries(aliases).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const { cycles } = resolveAliases(Object.fromEntries(named));
  return cycles.map((alias) =>
    problemAt(layers, ['aliases', alias], 'a model, or an alias that leads to one', shown(aliases[alias])),
  );
}

function routesProblems(layers: Layers): Problem[] {
  const { routes, providers } = layers.value;
  const spoken = new Map(
    Object.entries(isMapping(providers) ? providers : {}).map(([name, of]) => [name, spokenBy(of)]),
  );
  spoken.set(loopbackName, null);
  return routeProblems(routes, spoken).map(({ path, expected }) =>
    problemAt(layers, ['routes', ...path], expected, shown(valueAt(routes, path))),
  );
}

function spokenBy(provider: unknown): readonly unknown[] | null {
  return isMapping(provider) && Array.isArray(provider.dialects) ? (provider.dialects as unknown[]) : null;
}

/** Rules between the members of a budget, and between budgets. */
function budgetProblems(layers: Layers): Problem[] {
  const { budgets } = layers.value;
  if (!Array.isArray(budgets)) return [];
  return (budgets as unknown[]).flatMap((budget, index) => {
    if (!isMapping(budget)) return [];
    const problem = budgetProblem(budget, (budgets.slice(0, index) as unknown[]).filter(isMapping));
    if (!problem) return [];
    const { key, expected } = problem;
    return [problemAt(layers, ['budgets', index, key], expected, shown(budget[key]))];
  });
}

function limitProblems(layers: Layers): Problem[] {
  const { limits } = layers.value;
  if (!Array.isArray(limits) || !limits.every(isMapping)) return [];
  return problemsOfLimits(limits).map(({ index, key, expected }) => {
    if (key === null) return problemAt(layers, ['limits', index], expected, null);
    return problemAt(layers, ['limits', index, key], expected, shown(limits[index]?.[key]));
  });
}

function tlsProblems(env: NodeJS.ProcessEnv): Problem[] {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  if (env[name] !== '0') return [];
  const expected = 'it unset, since it turns off the check of every certificate; NODE_EXTRA_CA_CERTS adds an authority';
  return [problemOutside(name, expected, '0')];
}
