import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds `dist` when a source is newer than it: the tests of the command line run the built program. */
export default function setup(): void {
  const built = `${root}dist/cli/main.js`;
  if (existsSync(built) && newestIn(`${root}src`) <= statSync(built).mtimeMs) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

function newestIn(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('.test.'))
    .reduce((newest, name) => Math.max(newest, statSync(`${directory}/${name}`).mtimeMs), 0);
}
