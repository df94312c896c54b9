import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes sure that a directory is there and the user's own: not a symbolic link, not someone else's, not writable by
 * others. One that others may only read is closed to them.
 *
 * @throws Error that says what to do, when the directory cannot be trusted; the system's own when it cannot be made.
 */
export function ensurePrivateDirectory(directory: string): void {
  try {
    makeDirectory(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOTDIR') throw error;
    throw new Error(`${directory} is not a directory; move away what is in its place`, { cause: error });
  }
  const stats = lstatSync(directory);
  if (!stats.isDirectory()) {
    throw new Error(`${directory} is not a directory; move away what is in its place`);
  }
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.uid !== user)
    throw new Error(`${directory} belongs to user ${stats.uid}; run: sudo chown ${user} ${directory}`);
  if ((stats.mode & 0o022) !== 0) throw new Error(`others can write to ${directory}; run: chmod 700 ${directory}`);
  if ((stats.mode & 0o077) !== 0) chmodSync(directory, 0o700);
}

/** With all that lead to it. Node's own way never returns where even the parent's parent takes no directory, as in /proc. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT') throw error;
    makeDirectory(path.dirname(directory));
    mkdirSync(directory, { mode: 0o700 });
  }
}

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
