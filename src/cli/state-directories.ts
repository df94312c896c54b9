import type { Paths } from '../proxy/config/index.ts';
import { ensurePrivateDirectory } from '../proxy/control/index.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/**
 * Makes the directories for what a running proxy writes. A place that cannot be written is no reason not to serve; the
 * returned text says what will be missing. Null when all is well.
 *
 * @throws CommandError when a directory is there but cannot be trusted.
 */
export function prepareStateDirectories({ stateDir, runtimeDir }: Paths): string | null {
  try {
    ensurePrivateDirectory(stateDir);
    ensurePrivateDirectory(runtimeDir);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw new CommandError(exitCodes.configuration, message, { cause: error });
    return `nothing can be written to ${stateDir} (${code}): other commands will not find this proxy, and no log is kept`;
  }
}
