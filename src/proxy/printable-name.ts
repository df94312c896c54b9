import { boundedName } from './request-json.ts';

const plain = /^[\x20-\x7e]*$/;

/** A name that a client made up, as it is kept and shown: on one line, and with nothing that a terminal would obey. */
export function printableName(name: string): string {
  const bounded = boundedName(name);
  return plain.test(bounded) ? bounded : bounded.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '');
}
