import { boundedName } from './request-json.ts';

const plain = /^[\x20-\x7e]*$/;

/** Text without control and formatting characters: on one line, and with nothing that a terminal would obey. */
export function printable(text: string): string {
  return plain.test(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '');
}

/** A name that a client made up, as it is kept and shown. */
export function printableName(name: string): string {
  return printable(boundedName(name));
}
