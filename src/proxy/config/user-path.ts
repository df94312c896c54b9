import os from 'node:os';
import path from 'node:path';

/** A path as a user writes it in a file, made absolute; null for a relative one: the working directory decides nothing. */
export function userPath(text: string): string | null {
  if (text.startsWith('~/')) return path.join(os.homedir(), text.slice(2));
  return path.isAbsolute(text) ? path.normalize(text) : null;
}
