import { accessKeyPrefix } from '../access-key.ts';
import type { Dialect } from '../dialect.ts';
import { ProxyError } from '../errors.ts';
import type { Call, Target } from '../exchange.ts';
import type { Choice } from './choose.ts';
import type { Provider } from './provider.ts';
import { queryKeys, withoutKeys } from './query-key.ts';

export interface Credential {
  readonly headers: Target['credential'];
  /** The query to send, with or without its key. */
  readonly query: string;
  /** It is one of the provider's held keys. */
  readonly isHeld: boolean;
}

/** Which dialects each credential header belongs to. A bearer token belongs to all of them. */
const schemes: ReadonlyMap<string, Dialect | 'any'> = new Map<string, Dialect | 'any'>([
  ['authorization', 'any'],
  ['x-api-key', 'anthropic-messages'],
  ['x-goog-api-key', 'gemini'],
]);
/** What users type where an SDK insists on a key and they have none: it counts as no key. */
const placeholder = /^(?:Bearer\b)? *(?:tokenpak)? *$/i;
const maxPlaceholderCharacters = 20;
/** An access key is tokenpak's own. */
const accessKey = new RegExp(`^(?:Bearer\\b)? *${accessKeyPrefix}`, 'i');

/**
 * Decides what a provider is sent as credential.
 *
 * A client's credential goes only to the provider it was meant for. It is meant for a provider that the request names
 * itself, by prefix or header. Else the provider is the one that defined the path's dialect, and of the client's
 * credentials only those of that dialect are meant for it. For the loopback provider none is. Several that are meant are
 * all forwarded. Where none is, the held key stands in, and before all of them where the client has come with an access
 * key. Where none is held either, a provider that expects one is not asked, unless it is local.
 * @throws ProxyError `invalid_request` for a credential that stands twice, `unauthorized` where one is missing.
 */
export function credentialFor(call: Call, choice: Choice): Credential {
  const { provider, dialect } = choice;
  const brought = broughtBy(call, choice);
  const inQuery = keyInQuery(call.query, choice);
  if (provider.base === null) return { headers: [], query: withoutKeys(call.query), isHeld: false };
  if (call.access !== null && (provider.held.get(dialect)?.length ?? 0) > 0) {
    const headers = heldFor(provider, dialect, choice.keyIndex);
    return { headers, query: inQuery === 'parameter' ? call.query : withoutKeys(call.query), isHeld: true };
  }
  const query = inQuery === 'meant' || inQuery === 'parameter' ? call.query : withoutKeys(call.query);
  if (brought.meant.length === 0 && inQuery !== 'meant') {
    const headers = heldFor(provider, dialect, choice.keyIndex);
    return { headers, query, isHeld: headers.length > 0 };
  }
  return { headers: brought.others ? brought.meant : null, query, isHeld: false };
}

function isPlaceholder(value: string): boolean {
  return value.length <= maxPlaceholderCharacters
    ? placeholder.test(value) || accessKey.test(value)
    : accessKey.test(value);
}

interface Brought {
  /** Raw pairs that are the provider's to see. */
  readonly meant: readonly string[];
  /** There are more, which are not. */
  readonly others: boolean;
}

function broughtBy({ headers }: Call, { explicit, dialect, isForeign }: Choice): Brought {
  const meant: string[] = [];
  const seen: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const rawName = headers[index] as string;
    if (rawName.length !== 13 && rawName.length !== 9 && rawName.length !== 14) continue;
    const name = rawName.toLowerCase();
    const scheme = schemes.get(name);
    if (scheme === undefined) continue;
    if (seen.includes(name)) throw new ProxyError('invalid_request', `the header ${name} stands twice`);
    seen.push(name);
    const value = headers[index + 1] as string;
    const isMeant = !isForeign && (explicit || scheme === 'any' || scheme === dialect);
    if (isMeant && !isPlaceholder(value)) meant.push(rawName, value);
  }
  return { meant, others: seen.length * 2 > meant.length };
}

/** What a key in the query is: a credential for this provider, one that is not, a parameter of its own, or absent. */
function keyInQuery(query: string, { explicit, dialect, isForeign }: Choice): 'meant' | 'foreign' | 'parameter' | null {
  const keys = queryKeys(query);
  if (keys.length === 0) return null;
  if (isForeign) return 'foreign';
  if (dialect !== 'gemini') return explicit && !keys.some(isPlaceholder) ? 'parameter' : 'foreign';
  if (keys.length > 1) throw new ProxyError('invalid_request', 'the query has two keys');
  return isPlaceholder(keys[0] ?? '') ? 'foreign' : 'meant';
}

function heldFor(provider: Provider, dialect: Dialect, keyIndex: number): readonly string[] {
  const held = provider.held.get(dialect)?.[keyIndex];
  if (held) return held;
  const { name, keySource, local, base } = provider;
  if (keySource === null || local || base?.loopback) return [];
  throw new ProxyError(
    'unauthorized',
    `no key for ${name}: send your own, or set ${keySource} and start tokenpak again`,
  );
}
