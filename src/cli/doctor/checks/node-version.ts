import os from 'node:os';
import type { Check, Finding } from '../check.ts';
import { fail, ok, warn } from '../finding.ts';

const oldest = [20, 19, 0];
/** The last of Node.js 20, with the last of its security fixes. */
const lastOf20 = [20, 20, 2];

/** Whether this Node.js is one that tokenpak is made for. */
export const nodeVersion: Check = {
  id: 'node.version',
  group: 'runtime',
  run: () => nodeFinding(process.versions.node),
};

export function nodeFinding(version: string): Finding {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  if (isBefore(parts, oldest)) {
    return fail(`Node.js ${version} is too old`, `It needs to be ${oldest.join('.')} or later.`, ['nvm install 22']);
  }
  if (parts[0] === 20 && isBefore(parts, lastOf20)) {
    return warn(`Node.js ${version} lacks security fixes`, `The last of Node.js 20 is ${lastOf20.join('.')}.`, [
      'nvm install 20',
    ]);
  }
  const note = parts[0] === 20 ? ', which gets no more fixes' : '';
  return ok(`node ${version}${note}, ${process.platform} ${process.arch}, ${os.availableParallelism()} cores`);
}

function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const index = other.findIndex((part, at) => (version[at] ?? 0) !== part);
  return index !== -1 && (version[index] ?? 0) < (other[index] ?? 0);
}
