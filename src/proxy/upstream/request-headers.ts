import type { Target } from '../exchange.ts';
import { bySpelling } from './by-spelling.ts';

type Fate = 'pass' | 'drop' | 'credential' | 'encoding' | 'connection';

const fates: ReadonlyMap<string, Fate> = new Map<string, Fate>([
  // Hop by hop (RFC 9110, 7.6.1), and what the client of a new connection writes itself.
  ...['keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host', 'content-length', 'expect'].map(drop),
  // What a browser adds: no provider needs it, and an Origin makes some refuse the request.
  ...['cookie', 'origin', 'referer', 'forwarded', '__proto__'].map(drop),
  // What makes another request of it than the one that was judged here.
  ...['x-http-method-override', 'x-http-method', 'x-method-override'].map(drop),
  ...['authorization', 'x-api-key', 'x-goog-api-key'].map((name): [string, Fate] => [name, 'credential']),
  ['accept-encoding', 'encoding'],
  ['connection', 'connection'],
]);
const droppedPrefixes = ['proxy-', 'sec-', 'x-forwarded-', 'x-tokenpak-'];

function drop(name: string): [string, Fate] {
  return [name, 'drop'];
}

function fateOf(rawName: string): Fate {
  const name = rawName.toLowerCase();
  return fates.get(name) ?? (droppedPrefixes.some((prefix) => name.startsWith(prefix)) ? 'drop' : 'pass');
}

/** What a provider's `accept-encoding` may hold: no zstd, which Node 20 cannot read, so that usage stays readable. */
function withoutZstd(value: string): string {
  return value
    .split(',')
    .filter((coding) => !/^\s*(?:zstd|dcz|dcb)\s*(?:;|$)/i.test(coding))
    .join(',')
    .trim();
}

/**
 * Makes the filter for a request's headers: an open list, in the client's order and spelling, without what belongs to
 * the client's own connection, to browsers or to tokenpak. The fate of a spelling is remembered: clients send the same
 * dozen all day.
 */
export function requestHeaderFilter(maxRemembered = 1000): (headers: readonly string[], target: Target) => string[] {
  const fate = bySpelling(fateOf, maxRemembered);
  return (headers, target) => {
    const kept: string[] = [];
    let named: Set<string> | null = null;
    for (let index = 0; index + 1 < headers.length; index += 2) {
      const name = headers[index] as string;
      const value = headers[index + 1] as string;
      const what = fate(name);
      if (what === 'pass' || (what === 'credential' && target.credential === null)) kept.push(name, value);
      else if (what === 'encoding') keepEncoding(kept, name, value);
      else if (what === 'connection') named = namedIn(value, named);
    }
    if (target.credential) kept.push(...target.credential);
    return named ? withoutNamed(kept, named) : kept;
  };
}

function keepEncoding(kept: string[], name: string, value: string): void {
  const codings = /zstd|dcz|dcb/i.test(value) ? withoutZstd(value) : value;
  if (codings !== '') kept.push(name, codings);
}

/** The headers that a `Connection` header names besides the two words that every client sends. */
export function namedIn(connection: string, known: Set<string> | null): Set<string> | null {
  if (/^\s*(?:keep-alive|close)\s*$/i.test(connection)) return known;
  const named = known ?? new Set<string>();
  for (const name of connection.split(',')) named.add(name.trim().toLowerCase());
  return named;
}

export function withoutNamed(headers: readonly string[], named: ReadonlySet<string>): string[] {
  return headers.filter((_, index) => !named.has((headers[index - (index % 2)] as string).toLowerCase()));
}
