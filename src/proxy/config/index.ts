import type { ConfigSources, LoadedConfig } from './load.ts';

export type { Paths, ProxyConfig } from './config.ts';
export type { ConfigSources, LoadedConfig } from './load.ts';
export type { ConfigFlags } from './overrides.ts';
export { controlSocketPath, resolvePaths } from './paths.ts';
export { ConfigError, problemText } from './problem.ts';
export { createRedactor } from './secret-shapes.ts';
export { createSecrets, noSecrets, type Secrets } from './secrets.ts';

/** As `loadConfig` of load.ts, whose schema library is loaded by the first call: most commands need no configuration. */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const loader = await import('./load.ts');
  return loader.loadConfig(sources);
}
