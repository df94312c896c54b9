import { join } from 'node:path';
import type { FileSystem } from '../file-system.ts';
import type { LedgerOptions } from './options.ts';
import { type Segment, listSegments, ownStatusOf, segmentOf, tornSuffix } from './segments.ts';

const dayMs = 24 * 60 * 60 * 1000;

export interface RetentionOptions {
  readonly directory: string;
  readonly limits: LedgerOptions;
  readonly files: FileSystem;
  /** Unix milliseconds. */
  readonly now: number;
  /** Whether the saved totals hold all of a segment, and nobody writes it any more. */
  readonly isCounted: (segment: Segment) => boolean;
}

interface Candidate {
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly mayGo: boolean;
}

/**
 * Removes segments that are too old, then the oldest until the rest is small enough; their totals remain in the
 * checkpoint. A segment that is not in it stays, whatever its size. Throws system errors.
 */
export async function applyRetention(options: RetentionOptions): Promise<void> {
  const { directory, limits, files, now } = options;
  const oldestMs = now - limits.retentionDays * dayMs;
  const candidates = await candidatesOf(options);
  let bytes = candidates.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size, modifiedMs, mayGo } of candidates) {
    if (!mayGo || (modifiedMs >= oldestMs && bytes <= limits.retentionBytes)) continue;
    await files.remove(path);
    bytes -= size;
  }
  for (const name of await files.list(directory)) {
    const of = name.endsWith(tornSuffix) ? segmentOf(name.slice(0, -tornSuffix.length)) : null;
    if (!of) continue;
    const status = await ownStatusOf(join(directory, name), files);
    if (status && status.modifiedMs < oldestMs) await files.remove(join(directory, name));
  }
}

/** The directory's segments, the one that was written last coming last. */
async function candidatesOf({ directory, files, isCounted }: RetentionOptions): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const segment of await listSegments(directory, files)) {
    const path = join(directory, segment.name);
    const status = await ownStatusOf(path, files);
    if (status) candidates.push({ path, ...status, mayGo: isCounted(segment) });
  }
  return candidates.sort((a, b) => a.modifiedMs - b.modifiedMs);
}
