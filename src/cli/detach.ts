import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSecrets, loadConfig } from '../proxy/config/index.ts';
import { CommandError, type ExitCode, exitCodes } from './exit-codes.ts';
import { openPrivate } from './log-file.ts';
import { product } from './product.ts';
import { startArguments, type StartFlags } from './start-options.ts';
import { prepareStateDirectories } from './state-directories.ts';

/** What a proxy in the background tells the process that started it, once it serves. */
export interface DetachedReady {
  readonly url: string;
  readonly pid: number;
}

export interface Detached extends DetachedReady {
  readonly logFile: string;
}

const bin = fileURLToPath(new URL('../../bin/tokenpak.js', import.meta.url));

/**
 * Starts a proxy in the background and waits until it serves.
 *
 * @throws ConfigError; CommandError with what the proxy had to say when it ended instead.
 */
export async function startDetached(flags: StartFlags): Promise<Detached> {
  // Checked here first, where somebody reads it. The copy keeps the keys in the environment that the child inherits.
  const env = { ...process.env };
  const { config } = await loadConfig({
    env,
    flags,
    secrets: createSecrets(env),
    version: product.version,
    demo: false,
  });
  const unwritable = prepareStateDirectories(config.paths);
  if (unwritable !== null) throw new CommandError(exitCodes.configuration, unwritable);

  const { logFile } = config.paths;
  const log = openPrivate(logFile);
  const logStart = fstatSync(log).size;
  const child = spawn(process.execPath, [...process.execArgv, bin, 'start', ...startArguments(flags), '--background'], {
    cwd: config.paths.stateDir,
    detached: true,
    // What Node itself has to say when it dies belongs in the log too.
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const first = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  const [message] = first as [DetachedReady | number | null];
  if (typeof message !== 'object' || message === null) {
    throw new CommandError(
      exitCodeOf(message),
      `the proxy did not start; its log says:\n${lastWords(logFile, logStart)}`,
    );
  }
  child.unref();
  return { ...message, logFile };
}

function exitCodeOf(code: number | null): ExitCode {
  return Object.values(exitCodes).find((known) => known === code && known !== exitCodes.ok) ?? exitCodes.internal;
}

const maxLastWords = 4096;

function lastWords(file: string, start: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(maxLastWords);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, maxLastWords, start)).trim();
  } finally {
    closeSync(descriptor);
  }
}
