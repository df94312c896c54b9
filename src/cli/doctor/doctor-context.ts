import {
  ConfigError,
  createSecrets,
  loadConfig,
  type LoadedConfig,
  resolvePaths,
  type Secrets,
} from '../../proxy/config/index.ts';
import { askProxy } from '../ask-proxy.ts';
import type { GlobalOptions } from '../command-context.ts';
import { type RunningProxy, runningProxies } from '../instances.ts';
import { product } from '../product.ts';
import type { ConfigReading, DoctorContext } from './check.ts';

interface ContextOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly globals: GlobalOptions;
  readonly isOffline: boolean;
  readonly screen: DoctorContext['screen'];
}

/** All that checks are given, but for the signal that ends each of them. */
export type SharedContext = Omit<DoctorContext, 'signal'>;

/** The port of a proxy that is told nothing. */
const usualPort = 8766;
/** Less than a check may take: it has to say then that nobody answers. */
const answerMs = 1500;

/**
 * What there is to be checked: the configuration, and the proxy that runs with it.
 *
 * @throws ConfigError where the environment names a relative path for it.
 */
export async function doctorContext({ env, globals, isOffline, screen }: ContextOptions): Promise<SharedContext> {
  const paths = resolvePaths({ env, ...globals });
  const config = once(() => readConfig(env, globals));
  const { loaded } = await config();
  const configured = loaded?.config.listen.port ?? usualPort;
  const proxy = nearest(await runningProxies(paths.runtimeDir), configured);
  const token = env[loaded?.settings.listen.tokenEnv ?? 'TOKENPAK_TOKEN'];
  const ask = async (path: string): Promise<Readonly<Record<string, unknown>> | null> => {
    const answer = proxy === null ? null : await askProxy(proxy.baseUrl + path, { timeoutMs: answerMs, token });
    return answer?.status === 200 ? answer.body : null;
  };
  return {
    ...{ env, globals, paths, config, isOffline, proxy, screen },
    port: proxy?.file.port ?? configured,
    health: once(() => ask('/health?deep=true')),
    stats: once(() => ask('/stats')),
  };
}

/** The one on the configured port, else the first that runs. */
function nearest(running: readonly RunningProxy[], port: number): RunningProxy | null {
  return running.find(({ file }) => file.port === port) ?? running[0] ?? null;
}

/** Certificate checks that are turned off are a check of their own, and keep no other from its work. */
export async function readConfig(env: Readonly<NodeJS.ProcessEnv>, flags: GlobalOptions): Promise<ConfigReading> {
  const copy: NodeJS.ProcessEnv = { ...env };
  delete copy.NODE_TLS_REJECT_UNAUTHORIZED;
  try {
    return { loaded: await load(copy, flags) };
  } catch (error) {
    if (error instanceof ConfigError) return { loaded: null, problems: error.problems };
    throw error;
  }
}

function load(env: NodeJS.ProcessEnv, flags: GlobalOptions): Promise<LoadedConfig> {
  return loadConfig({ env, flags, secrets: presenceOf(createSecrets(env)), version: product.version, demo: false });
}

/** What stands for a key that is there. */
const present = 'present';

/** Keys are judged as they are, but no check gets to see one. */
function presenceOf(secrets: Secrets): Secrets {
  const hide = (held: ReturnType<Secrets['fromFile']>): typeof held =>
    'refused' in held ? held : { ...held, value: held.value === null ? null : present };
  return {
    fromEnvironment: (name) => hide(secrets.fromEnvironment(name)),
    fromFile: (file) => hide(secrets.fromFile(file)),
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => (made ??= make());
}
