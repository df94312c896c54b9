import { join } from 'node:path';
import { type FileStatus, type FileSystem, errorCode } from '../file-system.ts';

/** One run of tokenpak: one process that wrote a ledger. */
export interface Run {
  /** Unix milliseconds at which it opened its ledger. */
  readonly boot: number;
  readonly pid: number;
}

/** A file of the ledger: written by one process alone, so that no lock is needed. */
export interface Segment {
  readonly name: string;
  readonly run: Run;
  /** `run` as one word. */
  readonly runKey: string;
  /** Counts the segments of one run. */
  readonly index: number;
}

/** What is kept of a segment's end that was not whole. */
export const tornSuffix = '.torn';
const segmentName = /^ledger-([0-9a-z]{1,9})-(\d{1,10})(?:-(\d{1,9}))?\.jsonl$/;

export function runKeyOf({ boot, pid }: Run): string {
  return `${boot.toString(36)}-${pid}`;
}

/** `ledger-BOOT-PID.jsonl`, then `ledger-BOOT-PID-1.jsonl` and so on; BOOT in base 36. */
function segmentNameOf(run: Run, index: number): string {
  return `ledger-${runKeyOf(run)}${index === 0 ? '' : `-${index}`}.jsonl`;
}

/** Reads a file's name; null for whatever is no segment. */
export function segmentOf(name: string): Segment | null {
  const parts = segmentName.exec(name);
  if (!parts) return null;
  const run = { boot: parseInt(parts[1]!, 36), pid: Number(parts[2]) };
  return { name, run, runKey: runKeyOf(run), index: Number(parts[3] ?? 0) };
}

/** The segments of a directory, oldest run first, each run's in the order of writing. */
export async function listSegments(directory: string, files: FileSystem): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of await files.list(directory)) {
    const segment = segmentOf(name);
    if (segment) segments.push(segment);
  }
  return segments.sort((a, b) => a.run.boot - b.run.boot || a.run.pid - b.run.pid || a.index - b.index);
}

/**
 * The status of a segment that may be read; null where it is gone, or is no file of the user's own (a symbolic link is
 * never followed). A mode that lets others read it is mended.
 */
export async function ownStatusOf(path: string, files: FileSystem): Promise<FileStatus | null> {
  const status = await files.statusOf(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (!status?.isFile || status.uid !== (process.getuid?.() ?? status.uid)) return null;
  if ((status.mode & 0o077) !== 0) await files.changeMode(path, 0o600);
  return status;
}

/** A segment that is being written. */
export interface OpenSegment {
  readonly segment: Segment;
  readonly path: string;
  readonly fd: number;
  readonly identity: string;
}

/** Creates the segment of this index, or of the next that is free. Throws system errors with a `code`. */
export async function createSegment(
  directory: string,
  { run, index }: Pick<Segment, 'run' | 'index'>,
  files: FileSystem,
): Promise<OpenSegment> {
  for (let free = index; ; free++) {
    const name = segmentNameOf(run, free);
    const path = join(directory, name);
    const fd = await files.create(path).catch((error: unknown) => {
      if (errorCode(error) === 'EEXIST' && free < index + 100) return null;
      throw error;
    });
    if (fd === null) continue;
    try {
      const { identity } = await files.statusOfOpen(fd);
      return { segment: segmentOf(name)!, path, fd, identity };
    } catch (error) {
      await files.close(fd).catch(() => {});
      throw error;
    }
  }
}
