import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Paths } from './config.ts';
import { ConfigError, problemOutside, shown } from './problem.ts';

export interface PathSources {
  readonly env: NodeJS.ProcessEnv;
  /** `--home`; relative to the working directory, since the user typed it there. */
  readonly home?: string | undefined;
  /** `--config`; likewise. */
  readonly config?: string | undefined;
}

// A longer path cannot be bound on macOS (104 bytes with its terminator) or Linux (108).
const maxSocketPathBytes = 99;

/**
 * Where everything lies: the XDG directories (https://specifications.freedesktop.org/basedir-spec/latest/), or one
 * directory for all of it when a home is given.
 *
 * @throws ConfigError when an environment variable names a relative path: the working directory decides nothing.
 */
export function resolvePaths(sources: PathSources): Paths {
  const home = sources.home === undefined ? absolute(sources.env, 'TOKENPAK_HOME') : path.resolve(sources.home);
  const directories = home === null ? userDirectories(sources.env) : directoriesUnder(home);
  const configFile =
    sources.config === undefined ? absolute(sources.env, 'TOKENPAK_CONFIG') : path.resolve(sources.config);
  const runtimeDir = path.join(directories.stateDir, 'run');
  return {
    configFile: configFile ?? path.join(directories.configDir, 'tokenpak.yaml'),
    stateDir: directories.stateDir,
    dataDir: directories.dataDir,
    cacheDir: directories.cacheDir,
    runtimeDir,
    controlSocket: controlSocketPath(runtimeDir, process.pid),
    instanceFile: path.join(runtimeDir, `${process.pid}.json`),
    logFile: path.join(directories.stateDir, 'tokenpak.log'),
  };
}

/** The control socket of a process, as the process itself and whoever looks for it work it out. */
export function controlSocketPath(runtimeDir: string, pid: number): string {
  const name = `${pid}.sock`;
  const hash = createHash('sha256').update(runtimeDir).digest('hex').slice(0, 12);
  if (process.platform === 'win32') return `\\\\.\\pipe\\tokenpak-${hash}-${pid}`;
  const usual = path.join(runtimeDir, name);
  if (Buffer.byteLength(usual) <= maxSocketPathBytes) return usual;
  return path.join(os.tmpdir(), `tokenpak-${process.getuid?.() ?? 0}-${hash}`, name);
}

interface Directories {
  readonly configDir: string;
  readonly stateDir: string;
  readonly dataDir: string;
  readonly cacheDir: string;
}

function directoriesUnder(home: string): Directories {
  return {
    configDir: home,
    stateDir: path.join(home, 'state'),
    dataDir: path.join(home, 'data'),
    cacheDir: path.join(home, 'cache'),
  };
}

function userDirectories(env: NodeJS.ProcessEnv): Directories {
  const under = (variable: string, ...fallback: string[]): string => {
    const value = env[variable];
    // The specification has relative paths ignored.
    const base = value && path.isAbsolute(value) ? value : path.join(os.homedir(), ...fallback);
    return path.join(base, 'tokenpak');
  };
  if (process.platform === 'win32') {
    const local = under('LOCALAPPDATA', 'AppData', 'Local');
    return { ...directoriesUnder(local), configDir: under('APPDATA', 'AppData', 'Roaming') };
  }
  return {
    configDir: under('XDG_CONFIG_HOME', '.config'),
    stateDir: under('XDG_STATE_HOME', '.local', 'state'),
    dataDir: under('XDG_DATA_HOME', '.local', 'share'),
    cacheDir: under('XDG_CACHE_HOME', '.cache'),
  };
}

function absolute(env: NodeJS.ProcessEnv, variable: string): string | null {
  const value = env[variable];
  if (!value) return null;
  if (path.isAbsolute(value)) return path.normalize(value);
  throw new ConfigError([problemOutside(variable, 'an absolute path', shown(value))]);
}
