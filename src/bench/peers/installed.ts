import { spawnSync } from 'node:child_process';

const limitMs = 60_000;

/** The first thing in a command's output that looks like a version; null where it cannot be run. */
export function versionOf(command: string, args: readonly string[]): string | null {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: limitMs });
  if (error !== undefined || status !== 0) return null;
  return /\d+\.\d+[\w.-]*/.exec(`${stdout}${stderr}`)?.[0] ?? 'of unknown version';
}
