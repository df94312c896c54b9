import { dialects, type Dialect } from '../dialect.ts';
import { parseBaseUrl, type BaseUrl } from './base-url.ts';
import { loopbackName } from './built-in.ts';
import type { ProviderOptions } from './options.ts';

/** A configured provider and its held key, or null. */
export interface ProviderWithKey extends Readonly<ProviderOptions> {
  readonly apiKey: string | null;
  /** Further keys, used in turn while one before them is asked to wait. */
  readonly moreApiKeys?: readonly string[];
}

/** A provider with everything worked out that does not change from request to request. */
export interface Provider {
  readonly name: string;
  readonly dialects: readonly Dialect[];
  /** Null for the loopback provider, whose address is asked for. */
  readonly base: BaseUrl | null;
  readonly local: boolean;
  /** Raw header pairs with each of the held keys, by dialect; empty where none is held. */
  readonly held: ReadonlyMap<Dialect, readonly (readonly string[])[]>;
  /** How many keys are held. */
  readonly keyCount: number;
  /** Where a held key was to come from, in words; null where none is expected. */
  readonly keySource: string | null;
}

/** The loopback provider: in every dialect, without a key. */
const loopbackProvider: Provider = {
  name: loopbackName,
  dialects,
  base: null,
  local: false,
  held: new Map(),
  keyCount: 0,
  keySource: null,
};

/** The providers that requests can go to, by name, the loopback provider included. */
export function prepareProviders(all: Readonly<Record<string, ProviderWithKey>>): ReadonlyMap<string, Provider> {
  const prepared = new Map<string, Provider>();
  for (const [name, settings] of Object.entries(all)) prepared.set(name, prepare(name, settings));
  return prepared.set(loopbackName, loopbackProvider);
}

function prepare(name: string, settings: ProviderWithKey): Provider {
  const base = parseBaseUrl(settings.baseUrl, settings);
  if ('problem' in base) throw new Error(`providers.${name}.baseUrl: ${base.problem}`);
  const { dialects: spoken, local, apiKey, moreApiKeys = [] } = settings;
  const keys = apiKey === null ? moreApiKeys : [apiKey, ...moreApiKeys];
  const held = new Map(spoken.map((dialect) => [dialect, keys.map((key) => heldCredential(dialect, key))]));
  return { name, dialects: spoken, base, local, held, keyCount: keys.length, keySource: keySourceOf(settings) };
}

function heldCredential(dialect: Dialect, apiKey: string): readonly string[] {
  if (dialect === 'anthropic-messages') return ['x-api-key', apiKey];
  return dialect === 'gemini' ? ['x-goog-api-key', apiKey] : ['authorization', `Bearer ${apiKey}`];
}

function keySourceOf({ apiKeyEnv, apiKeyFile }: ProviderWithKey): string | null {
  if (apiKeyEnv !== undefined && apiKeyEnv !== 'none') return apiKeyEnv;
  return apiKeyFile === undefined ? null : 'the file that its apiKeyFile names';
}
