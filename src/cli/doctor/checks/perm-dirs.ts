import { chmod } from 'node:fs/promises';
import { quotedForShell } from '../../shell-syntax.ts';
import type { Check, Finding } from '../check.ts';
import { fail, ok, warn } from '../finding.ts';
import { mendable } from '../fixes.ts';
import { canWrite, isOpen, isOwn, modeText, nearestDirectory, statusOf } from '../places.ts';

/** Whether the directories that the proxy writes to are the user's own, closed to others, and can be written. */
export const permDirs: Check = {
  id: 'perm.dirs',
  group: 'install',
  run: ({ paths: { stateDir, dataDir, cacheDir, runtimeDir } }) => {
    const directories = [stateDir, dataDir, cacheDir, runtimeDir];
    return unusable(directories) ?? open(directories) ?? ok('its directories are yours alone');
  },
};

/** The first that cannot be used: the others are as a rule under the same one. */
function unusable(directories: readonly string[]): Finding | null {
  for (const directory of directories) {
    const status = statusOf(directory);
    const place = quotedForShell(directory);
    if (status === null) {
      const parent = nearestDirectory(directory);
      if (canWrite(parent)) continue;
      return fail(`${directory} cannot be made: ${parent} may not be written to`, 'Nothing is recorded then.', [
        `sudo chown "$USER" ${quotedForShell(parent)}`,
      ]);
    }
    if (!status.isDirectory())
      return fail(`${directory} is no directory`, 'No proxy starts with it.', [
        `mv ${place} ${quotedForShell(`${directory}.old`)}`,
      ]);
    if (!isOwn(status))
      return fail(`${directory} belongs to user ${status.uid}`, 'No proxy starts with it.', [
        `sudo chown -R "$USER" ${place}`,
      ]);
    if (!canWrite(directory))
      return fail(`${directory} may not be written to`, 'Nothing is recorded then.', [`chmod u+rwx ${place}`]);
  }
  return null;
}

function open(directories: readonly string[]): Finding | null {
  const found = directories.flatMap((directory) => {
    const status = statusOf(directory);
    return status !== null && isOpen(status) ? [{ directory, status }] : [];
  });
  if (found.length === 0) return null;
  const names = found.map(({ directory }) => directory);
  return mendable(
    warn(
      `others get into ${found.map(({ directory, status }) => `${directory} (${modeText(status)})`).join(', ')}`,
      'What is recorded there tells which models you ask, when, and for how much.',
      [`chmod 700 ${names.map(quotedForShell).join(' ')}`],
    ),
    `Close ${names.join(', ')} to others (chmod 700)?`,
    async () => {
      for (const name of names) await chmod(name, 0o700);
    },
  );
}
