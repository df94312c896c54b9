import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Problem } from './problem.ts';

/** 256 KiB: a configuration of a thousand providers has a tenth of that. */
export const maxConfigBytes = 256 * 1024;

export type FileContent = { readonly text: string } | { readonly missing: true } | { readonly problem: Problem };

/** Reads a configuration file that others cannot have written: a regular file, UTF-8, of bounded size. */
export function readConfigFile(file: string): FileContent {
  const refused = (expected: string, got: string | null): FileContent => ({
    problem: { file, line: null, column: null, key: '', expected, got },
  });
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a named pipe waits for its writer.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { missing: true } : refused('a file that can be read', String(code));
  }
  try {
    const stats = fstatSync(descriptor);
    const wrong = unfit(stats);
    if (wrong) return refused(wrong.expected, wrong.got);
    const bytes = readAll(descriptor);
    if (bytes.length > maxConfigBytes) return refused(`at most ${maxConfigBytes} bytes`, 'more');
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return refused('text in UTF-8', 'other bytes');
    return refused('a file that can be read', String((error as NodeJS.ErrnoException).code));
  } finally {
    closeSync(descriptor);
  }
}

function unfit(stats: Stats): { expected: string; got: string } | null {
  if (!stats.isFile())
    return { expected: 'a regular file', got: stats.isDirectory() ? 'a directory' : 'something else' };
  if (stats.size > maxConfigBytes) return { expected: `at most ${maxConfigBytes} bytes`, got: String(stats.size) };
  const user = process.getuid?.();
  if (user === undefined) return null;
  if (stats.uid !== user && stats.uid !== 0) return { expected: 'a file of your own', got: `one of user ${stats.uid}` };
  if ((stats.mode & 0o002) !== 0)
    return { expected: 'a file that not everyone may write (chmod o-w)', got: modeText(stats) };
  return null;
}

/** At most one byte more than is allowed, whatever the size said. */
function readAll(descriptor: number): Buffer {
  const buffer = Buffer.allocUnsafe(maxConfigBytes + 1);
  let length = 0;
  for (let count = -1; count !== 0 && length < buffer.length; length += count) {
    count = readSync(descriptor, buffer, length, buffer.length - length, null);
  }
  return buffer.subarray(0, length);
}

function modeText(stats: Stats): string {
  return `mode ${(stats.mode & 0o777).toString(8).padStart(4, '0')}`;
}
