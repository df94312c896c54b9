import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { product } from '../../product.ts';
import type { Check, Finding } from '../check.ts';
import { ok, skip, warn } from '../finding.ts';

/** Whether the shell finds this program by its name, and no other copy of it. */
export const npmBin: Check = {
  id: 'npm.bin',
  group: 'runtime',
  run: ({ env }) => {
    if (process.platform === 'win32') return skip('not looked for on Windows');
    // npm and npx put directories of their own in front.
    if (env.npm_command !== undefined) return skip("started by npm: the shell's own PATH is not known");
    return binFinding(copiesOnPath(env.PATH ?? ''), realpathSync(process.argv[1] ?? ''));
  },
};

/** What its name leads to in each directory of PATH, without repetitions, in the order in which the shell looks. */
export function copiesOnPath(searchPath: string): string[] {
  const places = searchPath
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, product.name));
  return [...new Set(places.filter((place) => existsSync(place)).map((place) => realpathSync(place)))];
}

export function binFinding(copies: readonly string[], running: string): Finding {
  const [first, second] = copies;
  if (first === undefined) return skip(`${product.name} is not on PATH; this is ${running}`);
  const commands = [`which -a ${product.name}`];
  if (second !== undefined) {
    return warn(
      `${copies.length} copies of ${product.name} are on PATH: ${copies.join(', ')}`,
      'The shell takes the first. An update of another one changes nothing.',
      commands,
    );
  }
  if (first === running) return ok(`one ${product.name} on PATH`);
  return warn(
    `the shell finds ${first}, but this is ${running}`,
    'What is checked here is not what the shell runs.',
    commands,
  );
}
