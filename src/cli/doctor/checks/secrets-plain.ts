import { readFileSync } from 'node:fs';
import { createRedactor } from '../../../proxy/config/index.ts';
import type { Check } from '../check.ts';
import { ok, warn } from '../finding.ts';

/** Whether keys lie where others, or a backup, can read them: in the configuration file, or in key files that are open. */
export const secretsPlain: Check = {
  id: 'secrets.plain',
  group: 'config',
  run: async ({ config, paths }) => {
    const lines = linesWithKeys(textOf(paths.configFile));
    const { loaded } = await config();
    // `FILE holds a key and others can read it; run: chmod 600 FILE`
    const open = (loaded?.warnings ?? []).flatMap((warning) => {
      const [, file, command] = /^(.+) holds a key and others can read it; run: (.+)$/su.exec(warning) ?? [];
      return file === undefined || command === undefined ? [] : [{ file, command }];
    });
    if (lines.length === 0 && open.length === 0) return ok('no key lies open');
    return warn(
      [
        ...lines.map((line) => `line ${line} of ${paths.configFile} looks like a key`),
        ...open.map(({ file }) => `others can read the key in ${file}`),
      ].join('; '),
      lines.length === 0
        ? 'Who reads it can spend your money.'
        : 'Configuration gets copied and shared. Name the variable of the key in apiKeyEnv, or a file that only you can read in apiKeyFile.',
      open.map(({ command }) => command),
    );
  },
};

/** The numbers of lines that hold what has the shape of a key; what it is, is never told. */
export function linesWithKeys(text: string): number[] {
  const redact = createRedactor([]);
  return text.split('\n').flatMap((line, index) => (redact(line) === line ? [] : [index + 1]));
}

/** What cannot be read is for `config.valid` to tell. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
