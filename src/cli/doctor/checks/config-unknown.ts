import { problemText } from '../../../proxy/config/index.ts';
import type { Check } from '../check.ts';
import { fail, ok, skip, warn } from '../finding.ts';

const ownVariable = /^(TOKENPAK_\w+) is set, but /u;

/** Whether the configuration file has keys, or the environment variables, that nobody reads. */
export const configUnknown: Check = {
  id: 'config.unknown',
  group: 'config',
  run: async ({ config }) => {
    const reading = await config();
    if (reading.loaded === null) {
      const unknown = reading.problems.filter((problem) => problem.unknown).map(problemText);
      if (unknown.length === 0) return skip('the configuration cannot be read');
      return fail(unknown.join('; '), 'No proxy starts with a key that means nothing to it: it may be a slip.', [
        'tokenpak config validate',
      ]);
    }
    const ignored = reading.loaded.warnings.filter((warning) => ownVariable.test(warning));
    if (ignored.length === 0) return ok('every key and variable is known');
    return warn(
      ignored.join('; '),
      'What it was meant to set is as if it were not there.',
      ignored.map((warning) => `unset ${ownVariable.exec(warning)?.[1]}`),
    );
  },
};
