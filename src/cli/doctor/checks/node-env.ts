import type { Check } from '../check.ts';
import { ok, warn } from '../finding.ts';

/** Whether the shell asks libraries to behave as under development. */
export const nodeEnv: Check = {
  id: 'node.env',
  group: 'runtime',
  run: ({ env }) => {
    const set = [
      ...(env.NODE_ENV === 'development' ? ['NODE_ENV'] : []),
      ...(env.DEV === undefined || ['', '0', 'false'].includes(env.DEV) ? [] : ['DEV']),
    ];
    if (set.length === 0) return ok('no variables of development');
    return warn(
      `${set.map((name) => `${name}=${env[name]}`).join(' ')} is set here`,
      'React and other libraries are slower with it, and keep more in memory. This program sets it aside for itself; clients that are started from this shell do not.',
      set.map((name) => `unset ${name}`),
    );
  },
};
