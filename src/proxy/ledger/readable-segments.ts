import { join } from 'node:path';
import { errorCode, type FileStatus, type FileSystem } from '../file-system.ts';
import { readLines, readLinesBackwards } from './read-lines.ts';
import { listSegments, ownStatusOf } from './segments.ts';

/** A segment as it was when it was looked at: one that is being written may have grown since. */
export interface ReadableSegment {
  readonly path: string;
  readonly runKey: string;
  readonly status: FileStatus;
}

/** Clocks of files are coarser than ours. */
export const fileClockMs = 1000;

/**
 * The segments that may hold what was written at that time or later, oldest run first; a directory that is not there has
 * none. Throws system errors with a `code`.
 */
export async function readableSegments(
  directory: string,
  { since, files }: { readonly since: number; readonly files: FileSystem },
): Promise<ReadableSegment[]> {
  const segments = await listSegments(directory, files).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const readable: ReadableSegment[] = [];
  for (const { name, runKey } of segments) {
    const path = join(directory, name);
    const status = await ownStatusOf(path, files);
    if (status && status.modifiedMs >= since - fileClockMs) readable.push({ path, runKey, status });
  }
  return readable;
}

/** The lines of a segment, some at a time. */
export async function* linesOf(
  { path, status }: ReadableSegment,
  order: 'oldest first' | 'newest first',
  files: FileSystem,
): AsyncGenerator<readonly Buffer[]> {
  const fd = await files.open(path, 'read');
  try {
    if (order === 'newest first') yield* readLinesBackwards(files, fd, status.size);
    else for await (const { lines } of readLines(files, fd, 0)) yield lines;
  } finally {
    await files.close(fd);
  }
}
