import { dirname } from 'node:path';
import { Low } from 'lowdb';
import { durableJsonFile } from '../../durable-json-file.ts';
import { errorCode, errorText, systemFiles } from '../../file-system.ts';
import { registryFrom, type Registry } from './document.ts';
import { type LockClock, withLockFile } from './lock-file.ts';
import { RegistryError } from './registry-error.ts';

/**
 * Reads the registry; one that is not there is empty.
 * @throws RegistryError where the file is damaged; Node's error where it cannot be read
 */
export async function readRegistry(path: string): Promise<Registry> {
  const low = lowOf(path);
  try {
    await low.read();
  } catch (error) {
    if (errorCode(error) !== null) throw error;
    throw damaged(path, errorText(error), error);
  }
  const registry = registryFrom(low.data);
  if ('problem' in registry) throw damaged(path, registry.problem);
  return registry;
}

/**
 * Changes the registry: reads it, hands it to `change` and writes the registry that this gives. At every moment the
 * file is whole; of several processes that change it at once, none loses what another wrote. What `change` throws
 * leaves the file as it is.
 *
 * @param clock for waiting on others; a command's own must keep its process alive
 * @throws RegistryError where the file is damaged, or others do not let go of it; Node's error where it cannot be read
 *   or written
 */
export async function changeRegistry<Result extends { readonly registry: Registry }>(
  path: string,
  change: (registry: Registry) => Result,
  clock: LockClock,
): Promise<Result> {
  await systemFiles.makeDirectory(dirname(path));
  return withLockFile(`${path}.lock`, clock, async (isHeld) => {
    const result = change(await readRegistry(path));
    const low = lowOf(path);
    low.data = result.registry;
    if (!isHeld()) throw new RegistryError(`${path} was changed by somebody else meanwhile; try again`);
    await low.write();
    return result;
  });
}

/** Only who holds the lock writes, so one temporary file is enough. */
function lowOf(path: string): Low<unknown> {
  const render = (data: unknown): string => `${JSON.stringify(data)}\n`;
  return new Low<unknown>(durableJsonFile({ path, temporaryPath: `${path}.tmp`, files: systemFiles, render }), null);
}

/** Of JSON that cannot be parsed, Node quotes a piece; of the file nothing is to be shown. */
function damaged(path: string, what: string, cause?: unknown): RegistryError {
  const why = cause instanceof SyntaxError ? 'it is not JSON' : what;
  return new RegistryError(`${path} is damaged (${why}); mend it or move it away`, { cause });
}
