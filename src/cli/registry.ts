import {
  changeRegistry,
  type LockClock,
  type Registry,
  RegistryError,
  registryPath,
} from '../proxy/access-keys/registry/index.ts';
import { resolvePaths } from '../proxy/config/index.ts';
import { askControl, ensurePrivateDirectory } from '../proxy/control/index.ts';
import type { GlobalOptions } from './command-context.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { runningProxies } from './instances.ts';

/** Keeps the process alive while it waits. */
export const lockClock: LockClock = {
  wall: Date.now,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Changes the registry of access keys under its lock.
 * @throws CommandError where it cannot be changed
 */
export async function changeKeys<Result extends { readonly registry: Registry }>(
  flags: GlobalOptions,
  change: (registry: Registry) => Result,
): Promise<Result> {
  const { dataDir } = resolvePaths({ env: process.env, ...flags });
  try {
    ensurePrivateDirectory(dataDir);
    return await changeRegistry(registryPath(dataDir), change, lockClock);
  } catch (error) {
    throw asCommandError(error);
  }
}

/** What a registry has against being read or changed, as the command's own failure. */
export function asCommandError(error: unknown): CommandError {
  if (error instanceof RegistryError) return new CommandError(exitCodes.failed, error.message, { cause: error });
  return new CommandError(exitCodes.configuration, (error as Error).message, { cause: error });
}

/**
 * Has every running proxy read the registry. What it learns in no way stays with the command.
 * @throws CommandError where one does not: with it, everything is as it was
 */
export async function tellProxies(flags: GlobalOptions): Promise<void> {
  const { runtimeDir } = resolvePaths({ env: process.env, ...flags });
  for (const { controlSocket, file } of await runningProxies(runtimeDir)) {
    const answer = await askControl(controlSocket, 'POST /registry', {});
    if (answer?.status === 200) continue;
    const { error } = (answer?.body ?? {}) as { readonly error?: string };
    const why = error ?? 'it does not answer';
    throw new CommandError(
      exitCodes.failed,
      `the registry has changed, but the proxy on port ${file.port} still goes by the old one: ${why}\n  try    tokenpak restart --port ${file.port}`,
    );
  }
}
