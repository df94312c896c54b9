import type { Layers } from './layers.ts';
import { type Problem, problemOutside, shown } from './problem.ts';
import { closest } from './suggestion.ts';

/** What the command line can say of the configuration. */
export interface ConfigFlags {
  readonly port?: number;
  readonly host?: string;
  readonly expose?: boolean;
  readonly logLevel?: string;
  readonly logFile?: string;
  readonly drainSeconds?: number;
  /** Base URLs by provider name. */
  readonly upstreams?: Readonly<Record<string, string>>;
}

interface Variable {
  readonly path: readonly string[];
  /** What the text means; null when it means nothing. */
  readonly read: (text: string) => unknown;
  /** What would mean something, in words. */
  readonly expected: string;
}

const asText = (text: string): string => text;
const asNumber = (text: string): number | null => (/^\d+$/u.test(text) ? Number(text) : null);
const asRatio = (text: string): number | null => (/^\d+(\.\d+)?$/u.test(text) ? Number(text) : null);
const asSwitch = (text: string): boolean | null =>
  ({ 1: true, true: true, on: true, 0: false, false: false, off: false })[text.toLowerCase()] ?? null;
const secondsAsMs = (text: string): number | null =>
  /^\d+(\.\d+)?$/u.test(text) ? Math.round(Number(text) * 1000) : null;

const variables: Readonly<Record<string, Variable>> = {
  TOKENPAK_PORT: { path: ['listen', 'port'], read: asNumber, expected: 'a whole number from 0 to 65535' },
  TOKENPAK_HOST: { path: ['listen', 'host'], read: asText, expected: 'an address' },
  TOKENPAK_LOG_LEVEL: { path: ['log', 'level'], read: asText, expected: 'a level' },
  TOKENPAK_REQUEST_TIMEOUT: {
    path: ['deadlines', 'totalMs'],
    read: secondsAsMs,
    expected: 'seconds, a number of at least 0',
  },
  TOKENPAK_CB_ENABLED: { path: ['breaker', 'enabled'], read: asSwitch, expected: 'true or false' },
  TOKENPAK_CB_FAILURE_THRESHOLD: { path: ['breaker', 'failures'], read: asNumber, expected: 'a number of failures' },
  TOKENPAK_CB_WINDOW_SECONDS: { path: ['breaker', 'windowSeconds'], read: asNumber, expected: 'whole seconds' },
  TOKENPAK_CB_RECOVERY_TIMEOUT: { path: ['breaker', 'recoverySeconds'], read: asNumber, expected: 'whole seconds' },
  TOKENPAK_CB_MIN_FAILURE_RATIO: {
    path: ['breaker', 'minFailureRatio'],
    read: asRatio,
    expected: 'a number from 0 to 1',
  },
  TOKENPAK_UPSTREAM_RETRIES: { path: ['upstreamRetries'], read: asNumber, expected: 'a whole number from 0 to 3' },
};
// Read elsewhere: the places by paths.ts, the token by its name in `listen.tokenEnv`.
const otherVariables = ['TOKENPAK_CONFIG', 'TOKENPAK_HOME', 'TOKENPAK_TOKEN'];

/** Lays the environment over the file, and gives what is wrong with it. An empty variable counts as none. */
export function layEnvironment(layers: Layers, env: NodeJS.ProcessEnv): Problem[] {
  return Object.entries(variables).flatMap(([name, { path, read, expected }]) => {
    const text = env[name]?.trim();
    if (!text) return [];
    const value = read(text);
    if (value === null) return [problemOutside(name, expected, shown(text))];
    layers.set(path, value, { kind: 'environment', name });
    return [];
  });
}

/** Variables that look like ours and are not: a warning each. `named` are those that the configuration itself names. */
export function unknownVariables(env: NodeJS.ProcessEnv, named: readonly string[]): string[] {
  const known = [...Object.keys(variables), ...otherVariables, ...named];
  return Object.keys(env)
    .filter((name) => name.startsWith('TOKENPAK_') && !known.includes(name))
    .map((name) => {
      const meant = closest(name, known);
      return `${name} is set, but tokenpak reads no such variable${meant === null ? '' : `; did you mean ${meant}?`}`;
    });
}

/** Lays the command line over everything else, but for the base URLs: those need to know the providers. */
export function layFlags(layers: Layers, flags: ConfigFlags): void {
  const flag = (name: string, path: readonly string[], value: unknown): void => {
    if (value !== undefined) layers.set(path, value, { kind: 'flag', name });
  };
  flag('--port', ['listen', 'port'], flags.port);
  flag('--host', ['listen', 'host'], flags.host);
  flag('--expose', ['listen', 'expose'], flags.expose);
  flag('--log-level', ['log', 'level'], flags.logLevel);
  flag('--log-file', ['log', 'file'], flags.logFile);
  flag('--drain', ['drainSeconds'], flags.drainSeconds);
}
