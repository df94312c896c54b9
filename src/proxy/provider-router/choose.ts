import type { Dialect } from '../dialect.ts';
import { ProxyError } from '../errors.ts';
import type { Call } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import { defaultProviders, loopbackName } from './built-in.ts';
import type { Provider } from './provider.ts';

export interface Choice {
  readonly provider: Provider;
  /** The request itself names the provider, by prefix or header. */
  readonly explicit: boolean;
  /** What the provider is spoken to in. */
  readonly dialect: Dialect;
  /** Which of its keys is used where the client brings none. */
  readonly keyIndex: number;
  /** The client did not mean this provider: its own credential is not for it. */
  readonly isForeign: boolean;
}

type Providers = ReadonlyMap<string, Provider>;

/**
 * Who is meant by a request: the provider of its prefix, else of `x-tokenpak-provider`, else the loopback provider if
 * the model's name begins like it, else the one that defined the dialect.
 * @throws ProxyError `invalid_request` for a name that is not known, or a provider that does not speak the dialect.
 */
export function chooseProvider(call: Call, providers: Providers): Choice {
  const named = namedProvider(call);
  const provider = providers.get(named ?? impliedName(call));
  if (!provider) {
    const known = [...providers.keys()].join(', ');
    throw new ProxyError('invalid_request', `the request is for a provider that is not configured; known are ${known}`);
  }
  return { provider, explicit: named !== null, dialect: dialectFor(call, provider), keyIndex: 0, isForeign: false };
}

/** The provider that the request names itself; no rule sends it elsewhere. */
export function namedProvider({ route, headers }: Call): string | null {
  return route.provider ?? headerOf(headers, 'x-tokenpak-provider');
}

/** The provider for requests that name none, where no rule says otherwise. */
function impliedName({ model, dialect }: Call): string {
  return model?.startsWith(loopbackName) ? loopbackName : defaultProviders[dialect];
}

function dialectFor(call: Call, { name, dialects }: Provider): Dialect {
  if (dialects.includes(call.dialect)) return call.dialect;
  const [first] = dialects;
  if (call.route.endpoint.shared && first !== undefined) return first;
  throw new ProxyError(
    'invalid_request',
    `the provider ${name} speaks ${dialects.join(', ')}, not ${call.dialect}; requests are not translated`,
  );
}
