import { withoutAccessKeys } from '../access-key.ts';
import { detached } from '../detached.ts';

const maxCharacters = 128;
const plain = /^[\x20-\x7e]*$/;

/** A name that a client gave, fit for a terminal and a log: no control or formatting characters, at most 128 characters; null where nothing is left. */
export function cleanName(name: string | null): string | null {
  if (name === null) return null;
  const bounded = name.length > maxCharacters ? detached(name.slice(0, maxCharacters)) : name;
  const printable = plain.test(bounded) ? bounded : bounded.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '');
  return withoutAccessKeys(printable).trim() || null;
}
