import { existsSync } from 'node:fs';
import { problemText } from '../../../proxy/config/index.ts';
import type { Check } from '../check.ts';
import { fail, ok } from '../finding.ts';

/** Whether the configuration can be read and means something. Keys that are not known are a check of their own. */
export const configValid: Check = {
  id: 'config.valid',
  group: 'config',
  run: async ({ config, paths, proxy }) => {
    const reading = await config();
    const problems = reading.loaded === null ? reading.problems.filter(({ unknown }) => !unknown) : [];
    const [first] = problems;
    if (first === undefined)
      return ok(existsSync(paths.configFile) ? `${paths.configFile} is valid` : 'no file: the defaults count');
    const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
    return fail(
      problemText(first) + more,
      proxy === null ? 'No proxy starts with it.' : 'The running proxy goes on with what it had; none starts with it.',
      ['tokenpak config validate'],
    );
  },
};
