import { withoutAccessKeys } from '../access-key.ts';
import { detached } from '../detached.ts';
import { printable } from '../printable-name.ts';

const maxCharacters = 128;

/** A name that a client gave, fit for a terminal and a log: no control or formatting characters, at most 128 characters; null where nothing is left. */
export function cleanName(name: string | null): string | null {
  if (name === null) return null;
  const bounded = name.length > maxCharacters ? detached(name.slice(0, maxCharacters)) : name;
  return withoutAccessKeys(printable(bounded)).trim() || null;
}
