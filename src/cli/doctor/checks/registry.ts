import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readRegistry, RegistryError, registryPath } from '../../../proxy/access-keys/registry/index.ts';
import { quotedForShell } from '../../shell-syntax.ts';
import type { Check, Finding } from '../check.ts';
import { fail, ok } from '../finding.ts';

/** Whether the files that commands write, of access keys and budgets, can be read as what they are. */
export const registry: Check = {
  id: 'registry',
  group: 'install',
  run: async ({ paths: { dataDir } }) => {
    const keys = registryPath(dataDir);
    try {
      const { keys: entries } = await readRegistry(keys);
      return budgetsFinding(path.join(dataDir, 'budgets.json')) ?? ok(`${entries.length} access keys by name`);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return damaged(keys, error.message, 'No client with an access key is let in, and none can be made or revoked.');
    }
  },
};

/** Null where nothing is wrong. */
function budgetsFinding(file: string): Finding | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const saved: unknown = JSON.parse(text);
    if (typeof saved === 'object' && saved !== null && 'budgets' in saved) return null;
  } catch {
    // Told below: of the file nothing is shown.
  }
  return damaged(file, `${file} is damaged`, 'Budgets that commands have set do not count.');
}

function damaged(file: string, what: string, why: string): Finding {
  return fail(what, why, [`mv ${quotedForShell(file)} ${quotedForShell(`${file}.damaged`)}`]);
}
