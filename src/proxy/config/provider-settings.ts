import { baseUrlProblem, parseBaseUrl } from '../provider-router/base-url.ts';
import { builtInProviders } from '../provider-router/built-in.ts';
import type { ProviderOptions } from '../provider-router/options.ts';
import { isProviderName } from '../provider-router/provider-name.ts';
import type { ProviderSettings } from './config.ts';
import type { Layers } from './layers.ts';
import { isMapping } from './mapping.ts';
import { type Problem, problemOutside, shown } from './problem.ts';
import { proxyFromEnvironment } from './proxy-variables.ts';
import { isProxyUrl, proxyExpectation } from './proxy-url.ts';
import { problemAt } from './schema-problems.ts';
import type { HeldSecret, Secrets } from './secrets.ts';
import { userPath } from './user-path.ts';

/**
 * Puts the built-in providers under those of the user, who sets only what differs. Names that the command line gives
 * must be known by then: the problems are those that are not.
 */
export function layBuiltInProviders(layers: Layers, upstreams: Readonly<Record<string, string>>): Problem[] {
  const own = (layers.value.providers ??= Object.create(null));
  if (!isMapping(own)) return [];
  for (const [name, options] of Object.entries(builtInProviders)) {
    const set = own[name];
    if (set === undefined) own[name] = { ...options };
    else if (isMapping(set)) own[name] = { ...options, ...set };
  }
  return Object.entries(upstreams).flatMap(([name, url]) => {
    const path = ['providers', name, 'baseUrl'];
    const known = Object.keys(own).join(', ');
    if (own[name] === undefined) return [problemOutside('--upstream', `a name of ${known}`, shown(name))];
    layers.set(path, url, { kind: 'flag', name: '--upstream' });
    return [];
  });
}

const nameExpectation =
  'a name of at most 64 lower-case letters, digits, dots, dashes and underscores that no path of tokenpak begins with';

/** What is wrong with the providers beyond their shape. */
export function providerProblems(layers: Layers): Problem[] {
  const { providers } = layers.value;
  if (!isMapping(providers)) return [];
  return Object.entries(providers).flatMap(([name, options]) => {
    if (!isProviderName(name)) return [problemAt(layers, ['providers', name], nameExpectation, shown(name))];
    return isMapping(options) ? optionProblems(layers, name, options) : [];
  });
}

function optionProblems(layers: Layers, name: string, options: Readonly<Record<string, unknown>>): Problem[] {
  const { baseUrl, apiKeyEnv, apiKeyFile, proxy, local, insecure } = options;
  const problem = (key: string, expected: string | null): Problem[] =>
    expected === null ? [] : [problemAt(layers, ['providers', name, key], expected, shown(options[key]))];
  const unless = (value: unknown, right: (text: string) => boolean, expected: string): string | null =>
    typeof value === 'string' && !right(value) ? expected : null;
  const wrongUrl =
    typeof baseUrl === 'string'
      ? baseUrlProblem(baseUrl, { local: local === true, insecure: insecure === true })
      : null;
  return [
    ...problem('baseUrl', wrongUrl === null ? null : expectedOf(wrongUrl)),
    ...problem('apiKeyEnv', unless(apiKeyEnv, isVariableName, 'the name of an environment variable, or none')),
    ...problem(
      'apiKeyFile',
      unless(apiKeyFile, (text) => userPath(text) !== null, 'an absolute path, or one from ~/'),
    ),
    ...moreKeyProblems(layers, name, options.moreKeyEnvs),
    ...problem('proxy', unless(proxy, isProxyUrl, proxyExpectation)),
  ];
}

function moreKeyProblems(layers: Layers, name: string, variables: unknown): Problem[] {
  if (!Array.isArray(variables)) return [];
  return variables.flatMap((variable: unknown, index) =>
    typeof variable === 'string' && !isVariableName(variable)
      ? [
          problemAt(
            layers,
            ['providers', name, 'moreKeyEnvs', index],
            'the name of an environment variable',
            shown(variable),
          ),
        ]
      : [],
  );
}

function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/u.test(text);
}

/** `X; expected Y` and `expected Y` as the second half of a problem's sentence. */
function expectedOf(sentence: string): string {
  const [, reason, expected] = /^(?:(.*); )?expected (.*)$/u.exec(sentence) ?? [];
  if (expected === undefined) return `another value, since ${sentence}`;
  return reason === undefined ? expected : `${expected}, since ${reason}`;
}

export interface ResolvedProviders {
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

export interface ProviderSources {
  readonly layers: Layers;
  readonly secrets: Secrets;
  readonly env: NodeJS.ProcessEnv;
  /** The HTTP proxy for all providers that are not local. */
  readonly proxy: string | undefined;
}

/** Gives each provider its key and its HTTP proxy. */
export function resolveProviders(
  options: Readonly<Record<string, ProviderOptions>>,
  { layers, secrets, env, proxy: proxyForAll }: ProviderSources,
): ResolvedProviders {
  const providers: Record<string, ProviderSettings> = {};
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const [name, { proxy: ownProxy, ...provider }] of Object.entries(options)) {
    const held = heldKey(provider, secrets);
    if ('refused' in held) {
      const key = provider.apiKeyFile === undefined ? 'apiKeyEnv' : 'apiKeyFile';
      problems.push(problemAt(layers, ['providers', name, key], held.refused, null));
      continue;
    }
    if (held.warning !== null) warnings.push(held.warning);
    const wanted = ownProxy ?? (isLocal(provider) ? undefined : proxyForAll);
    const proxy = wanted === 'env' ? proxyFromEnvironment(provider.baseUrl, env) : wanted;
    const more = (provider.moreKeyEnvs ?? []).map((variable) => secrets.fromEnvironment(variable));
    problems.push(...more.flatMap((key, index) => refusedKey(layers, name, index, key)));
    const moreApiKeys = more.flatMap((key) => ('value' in key && key.value !== null ? [key.value] : []));
    providers[name] = { ...provider, ...(proxy ? { proxy } : {}), apiKey: held.value, moreApiKeys };
  }
  return { providers, problems, warnings };
}

function refusedKey(layers: Layers, name: string, index: number, key: HeldSecret): Problem[] {
  return 'refused' in key ? [problemAt(layers, ['providers', name, 'moreKeyEnvs', index], key.refused, null)] : [];
}

/** A file stands before a variable, which built-in providers have by themselves. */
function heldKey({ apiKeyFile, apiKeyEnv }: ProviderOptions, secrets: Secrets): HeldSecret {
  const file = apiKeyFile === undefined ? null : userPath(apiKeyFile);
  if (file !== null) return secrets.fromFile(file);
  if (apiKeyEnv === undefined || apiKeyEnv === 'none') return { value: null, warning: null };
  return secrets.fromEnvironment(apiKeyEnv);
}

function isLocal({ baseUrl, local, insecure }: ProviderOptions): boolean {
  const base = parseBaseUrl(baseUrl, { local, insecure });
  return local || ('loopback' in base && base.loopback);
}
