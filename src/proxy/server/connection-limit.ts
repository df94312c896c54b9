import { readFileSync } from 'node:fs';

/** Descriptors left for the ledger, the screen and what the system needs. */
const reserve = 64;

/**
 * Connections to take, below the limit of open files: each may need a second descriptor towards its provider, and past
 * the limit Node accepts connections only to drop them without a word.
 */
export function connectionLimit(wanted: number, openFiles: number | null = openFileLimit()): number {
  return openFiles === null ? wanted : Math.max(1, Math.min(wanted, Math.floor(openFiles / 2) - reserve));
}

/** Null where the system does not say. */
function openFileLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
