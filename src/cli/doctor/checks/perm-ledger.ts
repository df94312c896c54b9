import { readdirSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { quotedForShell } from '../../shell-syntax.ts';
import type { Check } from '../check.ts';
import { ok, warn } from '../finding.ts';
import { mendable } from '../fixes.ts';
import { isOpen, isOwn, modeText, statusOf } from '../places.ts';

/** Files that tokenpak writes to its data directory: segments, their torn ends, totals, access keys and budgets. */
const written = /^(?:ledger-[\w-]+\.jsonl|ledger-totals\.json|access-keys\.json|budgets\.json)(?:\.[\w-]+)*$/u;

/** Whether others can read the ledger, the access keys, the budgets or the log. */
export const permLedger: Check = {
  id: 'perm.ledger',
  group: 'install',
  run: ({ paths: { dataDir, logFile } }) => {
    const files = [
      ...namesIn(dataDir)
        .filter((name) => written.test(name))
        .map((name) => path.join(dataDir, name)),
      logFile,
    ];
    const open = files.flatMap((file) => {
      const status = statusOf(file);
      return status?.isFile() && isOwn(status) && isOpen(status) ? [{ file, mode: modeText(status) }] : [];
    });
    const [first] = open;
    if (first === undefined) return ok('its files are yours alone');
    const more = open.length === 1 ? '' : ` and ${open.length - 1} more`;
    return mendable(
      warn(
        `others can read ${first.file} (${first.mode})${more}`,
        'It tells which models you ask, when, from where, and for how much.',
        [`chmod 600 ${open.map(({ file }) => quotedForShell(file)).join(' ')}`],
      ),
      `Close ${first.file}${more} to others (chmod 600)?`,
      async () => {
        for (const { file } of open) await chmod(file, 0o600);
      },
    );
  },
};

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
