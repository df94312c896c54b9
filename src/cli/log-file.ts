import { closeSync, constants, fchmodSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface LogFile {
  /** Appends one line at once: nothing is lost when the process dies. A full disk loses lines, never the process. */
  readonly write: (line: string) => void;
  readonly close: () => void;
}

export interface LogFileLimits {
  readonly maxBytes: number;
  /** Older files that are kept, as `FILE.1` (the newest) to `FILE.n`. */
  readonly kept: number;
}

const defaultLimits: LogFileLimits = { maxBytes: 20 * 1024 * 1024, kept: 5 };

/**
 * Opens a log for appending, for its owner alone, and rotates it before it grows beyond its limit.
 *
 * @throws Error when the file cannot be opened, or is a symbolic link.
 */
export function openLogFile(path: string, limits: LogFileLimits = defaultLimits): LogFile {
  let descriptor = openPrivate(path);
  let bytes = fstatSync(descriptor).size;

  return {
    write(line) {
      const text = `${line}\n`;
      const size = Buffer.byteLength(text);
      try {
        if (bytes > 0 && bytes + size > limits.maxBytes) rotate();
        writeSync(descriptor, text);
        bytes += size;
      } catch {
        // There is no better place to say it: the log is where it would stand.
      }
    },
    close: () => closeSync(descriptor),
  };

  function rotate(): void {
    for (let number = limits.kept; number > 0; number--) {
      renameIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
    }
    const next = openPrivate(path);
    closeSync(descriptor);
    descriptor = next;
    bytes = 0;
  }
}

/** A descriptor for appending to a file that only its owner can read, whatever the umask and its mode so far. */
export function openPrivate(path: string): number {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const descriptor = openSync(path, flags, 0o600);
  fchmodSync(descriptor, 0o600);
  return descriptor;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
