import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** A held credential, or why there is none. */
export type HeldSecret =
  { readonly value: string | null; readonly warning: string | null } | { readonly refused: string };

/** Reads held credentials, from the environment or from files of their own. */
export interface Secrets {
  /** Reads a variable once and takes it out of the environment, where a diagnostic report would show it. */
  readonly fromEnvironment: (name: string) => HeldSecret;
  readonly fromFile: (file: string) => HeldSecret;
}

const maxSecretBytes = 16 * 1024;
// What a header can carry: visible ASCII without spaces (RFC 9110, 5.5 and 11.6.2).
const headerSafe = /^[\x21-\x7e]+$/u;

/** Remembers what it has taken out of `env`, so that a reload finds it again. */
export function createSecrets(env: NodeJS.ProcessEnv): Secrets {
  const taken = new Map<string, string | null>();
  return {
    fromEnvironment(name) {
      if (!taken.has(name)) {
        taken.set(name, env[name]?.trim() || null);
        delete env[name];
      }
      return checked(taken.get(name) ?? null, null);
    },
    fromFile: readSecretFile,
  };
}

/** Holds nothing: for a demonstration, which needs no key. */
export const noSecrets: Secrets = {
  fromEnvironment: () => ({ value: null, warning: null }),
  fromFile: () => ({ value: null, warning: null }),
};

function readSecretFile(file: string): HeldSecret {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return { refused: `a file that can be read (${String((error as NodeJS.ErrnoException).code)})` };
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > maxSecretBytes)
      return { refused: 'a small regular file that holds nothing but the key' };
    const open = process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
    return checked(
      readFileSync(descriptor, 'utf8').trim() || null,
      open ? `${file} holds a key and others can read it; run: chmod 600 ${file}` : null,
    );
  } finally {
    closeSync(descriptor);
  }
}

function checked(value: string | null, warning: string | null): HeldSecret {
  if (value !== null && !headerSafe.test(value)) return { refused: 'a key of visible ASCII characters without spaces' };
  return { value, warning };
}
