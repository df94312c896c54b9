import { join } from 'node:path';
import { type FileSystem, errorCode, systemFiles } from '../file-system.ts';
import { isWhole } from './line.ts';
import { readLines } from './read-lines.ts';
import { listSegments } from './segments.ts';

/** What of a segment is no whole line. */
interface SegmentDamage {
  readonly file: string;
  /** The process that wrote it, or writes it still. */
  readonly pid: number;
  /** Numbers of lines, from 1, that are damaged while whole ones follow. They stay, and are read as if they were not there. */
  readonly damagedLines: readonly number[];
  /** It ends with what is no whole line: the next start keeps that aside. */
  readonly isTorn: boolean;
}

export interface Inspection {
  readonly segments: number;
  readonly lines: number;
  readonly damage: readonly SegmentDamage[];
  /** What was left out for want of time: segments, the oldest. */
  readonly unread: number;
}

/**
 * Reads every line of a data directory, the newest segment first, and changes nothing, not even a mode. A directory that
 * is not there has none.
 *
 * @param maxBytes after so many, no further segment is begun
 * @throws system errors with a `code`
 */
export async function inspectLedger(
  directory: string,
  { maxBytes, signal, files = systemFiles }: { maxBytes: number; signal: AbortSignal; files?: FileSystem },
): Promise<Inspection> {
  const segments = await listSegments(directory, files).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const damage: SegmentDamage[] = [];
  let [lines, bytes, read] = [0, 0, 0];
  for (const { name, run } of segments.toReversed()) {
    if (bytes >= maxBytes || signal.aborted) break;
    const file = join(directory, name);
    const { damagedLines, isTorn, ...size } = await inspectSegment(file, files, signal);
    if (damagedLines.length > 0 || isTorn) damage.push({ file, pid: run.pid, damagedLines, isTorn });
    lines += size.lines;
    bytes += size.bytes;
    read++;
  }
  return { segments: segments.length, lines, damage: damage.reverse(), unread: segments.length - read };
}

interface InspectedSegment extends Omit<SegmentDamage, 'file' | 'pid'> {
  readonly lines: number;
  readonly bytes: number;
}

async function inspectSegment(file: string, files: FileSystem, signal: AbortSignal): Promise<InspectedSegment> {
  const fd = await files.open(file, 'read');
  try {
    const { size } = await files.statusOfOpen(fd);
    const damaged: number[] = [];
    let [lines, lastWhole, end] = [0, 0, 0];
    for await (const chunk of readLines(files, fd, 0)) {
      for (const line of chunk.lines) {
        lines++;
        if (isWhole(line)) lastWhole = lines;
        else damaged.push(lines);
      }
      end = chunk.end;
      if (signal.aborted) break;
    }
    const damagedLines = damaged.filter((line) => line < lastWhole);
    return { lines, bytes: size, damagedLines, isTorn: end < size || damaged.length > damagedLines.length };
  } finally {
    await files.close(fd);
  }
}
