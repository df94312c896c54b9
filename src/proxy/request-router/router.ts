import { holdsAccessKey } from '../access-key.ts';
import { ProxyError } from '../errors.ts';
import type { Endpoint, Route } from '../exchange.ts';
import { decoded, isCleanPath, isCleanQuery } from './clean-path.ts';
import { exactPaths, findPath, type KnownPath } from './endpoint-table.ts';
import { unlistedEndpoint } from './endpoints.ts';
import { dialectOfPath } from './path-dialect.ts';
import { takePrefixes, type Prefixes } from './prefixes.ts';

export interface Routed {
  readonly route: Route;
  /** With its question mark, or ''. */
  readonly query: string;
  /** What the `/ak/KEY/` prefix brought, known or not; null where there is none. */
  readonly accessKey: string | null;
}

const unprefixed: Prefixes = { provider: null, project: null, accessKey: null, rest: '' };

/**
 * Makes the function that tells from a method and a request target, as received, where a request wants to go. It throws
 * `not_found` for paths that are not clean or not known, and `method` for methods that a known path does not take.
 */
export function createRouter(providerNames: readonly string[]): (method: string, url: string) => Routed {
  const providers = new Set(providerNames);
  const ready = readyRoutes();

  return (method, url) => {
    const queryAt = url.indexOf('?');
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const query = queryAt === -1 ? '' : url.slice(queryAt);
    if (!isCleanQuery(query)) throw unknownPath();
    // Nearly every request: a path that stands in the table is clean.
    const route = ready.get(path)?.get(method);
    return route ? { route, query, accessKey: null } : { ...findRoute(method, path), query };
  };

  function findRoute(method: string, path: string): Omit<Routed, 'query'> {
    if (!isCleanPath(path)) throw unknownPath();
    const prefixes = takePrefixes(path, providers);
    // Whatever stands in the path from here on is forwarded and recorded.
    if (holdsAccessKey(decoded(prefixes.rest) ?? '')) {
      throw new ProxyError(
        'not_found',
        'an access key stands in the path where none is read; expected /ak/KEY/ in front',
      );
    }
    return { route: routeBehind(prefixes, method, path), accessKey: prefixes.accessKey };
  }

  function routeBehind(prefixes: Prefixes, method: string, path: string): Route {
    const known = findPath(prefixes.rest);
    const endpoint = known?.byMethod.get(method);
    if (known && endpoint) return routeOf(endpoint, known, prefixes);
    if (prefixes.provider !== null) return unlistedRoute(method, path, prefixes);
    if (known) throw wrongMethod([...known.byMethod.keys()]);
    throw unknownPath();
  }
}

function readyRoutes(): ReadonlyMap<string, ReadonlyMap<string, Route>> {
  const ready = new Map<string, Map<string, Route>>();
  for (const [path, byMethod] of exactPaths) {
    const routes = new Map<string, Route>();
    const known = { path, byMethod, model: null, streamed: null };
    for (const [method, endpoint] of byMethod) routes.set(method, routeOf(endpoint, known, unprefixed));
    ready.set(path, routes);
  }
  return ready;
}

function routeOf(endpoint: Endpoint, known: KnownPath, { provider, project }: Prefixes): Route {
  const { path, model, streamed } = known;
  return { endpoint, path, provider, project, model, streamed };
}

/** Under a provider's prefix, that provider knows best which paths and methods it has. */
function unlistedRoute(method: string, path: string, { provider, project, rest }: Prefixes): Route {
  const endpoint = unlistedEndpoint(dialectOfPath(path) ?? dialectOfPath(rest) ?? 'openai-chat');
  if (!endpoint.methods.includes(method)) throw wrongMethod(endpoint.methods);
  return { endpoint, path: rest, provider, project, model: null, streamed: null };
}

function unknownPath(): ProxyError {
  return new ProxyError('not_found', 'no such path here; GET / lists those that are forwarded');
}

function wrongMethod(allow: readonly string[]): ProxyError {
  return new ProxyError('method', `this path takes ${allow.join(', ')}`, { allow });
}
