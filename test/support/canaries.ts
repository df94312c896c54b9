import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** So much of a secret in a row is a leak of it. */
const fragmentLength = 12;

/** A secret that occurs nowhere else. */
export function canary(): string {
  return Array.from(randomBytes(32), (byte) => letters[byte % letters.length]).join('');
}

/** Every form in which a secret, or a piece of it, could lie about: plain, in base64, in hexadecimal, escaped for URLs or JSON. */
function formsOf(secret: string): string[] {
  const pieces = Array.from({ length: secret.length - fragmentLength + 1 }, (_, start) =>
    secret.slice(start, start + fragmentLength),
  );
  return pieces.flatMap((piece) => [piece, piece.toUpperCase(), ...encodingsOf(piece)]);
}

function encodingsOf(piece: string): string[] {
  const bytes = Buffer.from(piece);
  const hex = bytes.toString('hex');
  // In base64 three letters become four, and those at the ends depend on their neighbours.
  const base64 = [0, 1, 2].map((shift) => {
    const whole = bytes.subarray(shift, shift + Math.floor((bytes.length - shift) / 3) * 3);
    return whole.toString('base64');
  });
  const escaped = (prefix: string): string => hex.replace(/../g, (pair) => prefix + pair);
  return [...base64, hex, hex.toUpperCase(), escaped('%'), escaped('\\u00'), piece.split('').toReversed().join('')];
}

/** Which of the named secrets are found in the text, in whatever form. */
export function leaked(secrets: Readonly<Record<string, string>>, text: string): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([name]) => name);
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** The names and contents of all files in a directory. */
export function textUnder(directory: string): string {
  return filesUnder(directory)
    .filter((file) => statSync(file).isFile())
    .map((file) => `${file}\n${readFileSync(file, 'latin1')}`)
    .join('\n');
}
