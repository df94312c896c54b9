import { accessSync, constants } from 'node:fs';
import type { Check } from '../check.ts';
import { fail, ok, warn } from '../finding.ts';

/** Whether certificates are checked, and a further authority can be read (https://nodejs.org/api/cli.html#node_extra_ca_certsfile). */
export const tlsCa: Check = {
  id: 'tls.ca',
  group: 'network',
  run: ({ env }) => {
    if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
      return fail(
        'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the check of every certificate',
        'Whoever is on the way can read keys and prompts. No proxy starts with it; NODE_EXTRA_CA_CERTS adds an authority.',
        ['unset NODE_TLS_REJECT_UNAUTHORIZED'],
      );
    }
    const file = env.NODE_EXTRA_CA_CERTS;
    if (!file) return ok('certificates are checked');
    if (canRead(file)) return ok('certificates are checked, with an authority of your own');
    return warn(
      `NODE_EXTRA_CA_CERTS names ${file}, which cannot be read`,
      'Node.js goes on without it: providers behind that authority fail with upstream_tls.',
      ['unset NODE_EXTRA_CA_CERTS'],
    );
  },
};

function canRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
