import { assembleConfig } from './assemble.ts';
import type { ProxyConfig } from './config.ts';
import { readConfigFile } from './file-source.ts';
import { createLayers, type Layers } from './layers.ts';
import { isMapping } from './mapping.ts';
import { type ConfigFlags, layEnvironment, layFlags, unknownVariables } from './overrides.ts';
import { resolvePaths } from './paths.ts';
import { ConfigError, type Problem } from './problem.ts';
import { layBuiltInProviders, providerProblems, resolveProviders } from './provider-settings.ts';
import { configSchema, type Settings } from './schema.ts';
import { problemAt, schemaProblems } from './schema-problems.ts';
import type { HeldSecret, Secrets } from './secrets.ts';
import { settingsProblems } from './settings-problems.ts';

export interface ConfigSources {
  readonly env: NodeJS.ProcessEnv;
  readonly flags: ConfigFlags & { readonly config?: string; readonly home?: string };
  readonly secrets: Secrets;
  /** Of tokenpak. */
  readonly version: string;
  readonly demo: boolean;
}

export interface LoadedConfig {
  readonly config: ProxyConfig;
  /** The same as the user writes it, with defaults filled in. */
  readonly settings: Settings;
  readonly origin: Layers['origin'];
  readonly warnings: readonly string[];
}

/**
 * Reads the configuration: flags over `TOKENPAK_*` over the file over defaults. Nothing is read from the working
 * directory.
 *
 * @throws ConfigError with every problem found, not only the first.
 */
export async function loadConfig({ env, flags, secrets, version, demo }: ConfigSources): Promise<LoadedConfig> {
  const paths = resolvePaths({ env, home: flags.home, config: flags.config });
  const mustExist = flags.config !== undefined || Boolean(env.TOKENPAK_CONFIG);
  const { layers, problems } = await readFileLayer(paths.configFile, mustExist);
  problems.push(...layEnvironment(layers, env));
  layFlags(layers, flags);
  problems.push(...layBuiltInProviders(layers, flags.upstreams ?? {}), ...providerProblems(layers));

  const token = heldToken(layers, secrets);
  if ('refused' in token) problems.push(problemAt(layers, ['listen', 'tokenEnv'], token.refused, null));
  const tokenValue = 'value' in token ? token.value : null;
  problems.push(...settingsProblems(layers, env, tokenValue));

  const checked = configSchema.safeParse(layers.value);
  if (!checked.success) throw failure([...problems, ...schemaProblems(checked.error.issues, layers)]);
  const settings = checked.data;
  const resolved = resolveProviders(settings.providers, { layers, secrets, env, proxy: settings.proxy });
  problems.push(...resolved.problems);
  if (problems.length > 0) throw failure(problems);

  return {
    config: assembleConfig({ settings, providers: resolved.providers, paths, token: tokenValue, version, demo }),
    settings,
    origin: layers.origin,
    warnings: [...resolved.warnings, ...unknownVariables(env, variablesNamedBy(settings))],
  };
}

async function readFileLayer(file: string, mustExist: boolean): Promise<{ layers: Layers; problems: Problem[] }> {
  const content = readConfigFile(file);
  const empty = createLayers(Object.create(null) as Record<string, unknown>, file, new Map());
  if ('problem' in content) return { layers: empty, problems: [content.problem] };
  if ('missing' in content) {
    const missing = { file, line: null, column: null, key: '', expected: 'a file', got: 'nothing there' };
    return { layers: empty, problems: mustExist ? [missing] : [] };
  }
  // Loaded for those who have a file: the library takes as long as all of our own modules.
  const { readYaml } = await import('./yaml-source.ts');
  const source = readYaml(content.text, file);
  return { layers: createLayers(source.value, file, source.positions), problems: [...source.problems] };
}

function heldToken({ value: { listen } }: Layers, secrets: Secrets): HeldSecret {
  const name = isMapping(listen) && typeof listen.tokenEnv === 'string' ? listen.tokenEnv : 'TOKENPAK_TOKEN';
  return secrets.fromEnvironment(name);
}

/** By file position; what came from elsewhere stands behind. */
function failure(problems: readonly Problem[]): ConfigError {
  const rank = ({ line, column }: Problem): number => (line ?? Infinity) * 1000 + (column ?? 0);
  return new ConfigError([...problems].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b))));
}

function variablesNamedBy({ listen, providers }: Settings): string[] {
  return [
    listen.tokenEnv,
    ...Object.values(providers).flatMap(({ apiKeyEnv, moreKeyEnvs = [] }) => [apiKeyEnv ?? [], moreKeyEnvs].flat()),
  ];
}
