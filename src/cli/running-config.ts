import { existsSync } from 'node:fs';
import {
  ConfigError,
  createRedactor,
  createSecrets,
  type LoadedConfig,
  loadConfig,
  noSecrets,
  problemText,
  type ProxyConfig,
} from '../proxy/config/index.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { Journal } from './journal.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { product } from './product.ts';
import type { StartFlags } from './start-options.ts';
import { prepareStateDirectories } from './state-directories.ts';

export interface RunningConfigOptions {
  readonly flags: StartFlags;
  readonly demo: boolean;
  readonly detached: boolean;
  readonly journal: Journal;
}

/** The configuration of a proxy that runs. */
export interface RunningConfig {
  /** The latest that counts. */
  readonly config: ProxyConfig;
  /** Whether the state directory can be written. */
  readonly writable: boolean;
  /**
   * Reads it again and offers it to `take`, which gives what it has against it, or null. Gives every problem; with any,
   * the old configuration stays.
   */
  readonly reload: (take: (next: ProxyConfig) => Promise<string | null>) => Promise<readonly string[]>;
  readonly close: () => void;
}

/**
 * Reads the configuration, prepares the directories for state, and has the journal say things as configured.
 *
 * @throws ConfigError, or CommandError when a directory or the log file cannot be used.
 */
export async function openRunningConfig(options: RunningConfigOptions): Promise<RunningConfig> {
  const { journal } = options;
  const secrets = options.demo ? noSecrets : createSecrets(process.env);
  // A demonstration leaves the user's own file alone.
  const env = options.demo ? { ...process.env, TOKENPAK_CONFIG: undefined } : process.env;
  const load = (flags: StartFlags): Promise<LoadedConfig> =>
    loadConfig({ env, flags, secrets, version: product.version, demo: options.demo });

  let latest = await load(options.flags);
  let hasFile = false;
  const storageWarning = prepareStateDirectories(latest.config.paths);
  const file = openLog(latest, options.detached);
  adopt(latest);
  if (storageWarning !== null) journal.log('warn', storageWarning);

  return {
    get config() {
      return latest.config;
    },
    writable: storageWarning === null,
    async reload(take) {
      try {
        const next = await load(flagsNow());
        const objection = await take(next.config);
        if (objection !== null) return refused([objection]);
        adopt(next);
        journal.log('info', 'the configuration has been read again');
        return [];
      } catch (error) {
        if (error instanceof ConfigError) return refused(error.problems.map(problemText));
        throw error;
      }
    },
    close: () => file?.close(),
  };

  /** A file that has been read must not be gone: all budgets and limits would be with it, without a word. */
  function flagsNow(): StartFlags {
    return hasFile ? { ...options.flags, config: latest.config.paths.configFile } : options.flags;
  }

  function adopt(loaded: LoadedConfig): void {
    latest = loaded;
    hasFile = existsSync(loaded.config.paths.configFile);
    journal.configure({ level: loaded.config.logLevel, file, redact: createRedactor(credentials(loaded.config)) });
    for (const warning of loaded.warnings) journal.log('warn', warning);
  }

  function refused(problems: readonly string[]): readonly string[] {
    for (const problem of problems) journal.log('error', problem);
    journal.log('error', 'the old configuration stays');
    return problems;
  }
}

function credentials({ providers, listen }: ProxyConfig): string[] {
  const keys = Object.values(providers).flatMap(({ apiKey, moreApiKeys }) => [apiKey, ...moreApiKeys]);
  return [...keys, listen.token].filter((key) => key !== null);
}

/** A log file is written where one is asked for, and by a detached proxy, which has nothing else. */
function openLog({ config, settings }: LoadedConfig, detached: boolean): LogFile | null {
  if (!detached && settings.log.file === undefined) return null;
  try {
    return openLogFile(config.paths.logFile);
  } catch (error) {
    throw new CommandError(exitCodes.configuration, `the log file cannot be written: ${(error as Error).message}`);
  }
}
