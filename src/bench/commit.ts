import { execFileSync } from 'node:child_process';

/** The commit that a directory's sources are of; null where it is no git checkout. */
export function commitOf(directory: string): string | null {
  try {
    const text = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim();
  } catch {
    return null;
  }
}
