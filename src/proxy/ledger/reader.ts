import { join } from 'node:path';
import { isObject, type JsonObject } from '../json.ts';
import { type FileSystem, systemFiles } from '../file-system.ts';
import { type Line, readLine } from './line.ts';
import { readLines, readLinesBackwards } from './read-lines.ts';
import { type Why, whyFrom } from './why.ts';
import { listSegments, ownStatusOf } from './segments.ts';

/** One record of the ledger. A correction stands beside the earlier record of the same request, and replaces it. */
interface LedgerEntry {
  readonly type: 'end' | 'correction';
  /** The request as `/recent` shows it. */
  readonly request: JsonObject;
  /** The code of the error that tokenpak answered, or null. */
  readonly error: string | null;
  /** Its dollars are play money. */
  readonly isDemo: boolean;
  /** Null where the line says nothing of it. */
  readonly why: Why | null;
}

interface ReadOptions {
  readonly order: 'oldest first' | 'newest first';
  /** Unix milliseconds: requests that began earlier are left out. */
  readonly since?: number;
}

export interface LedgerReader {
  /**
   * All records that can be read, in the order in which they were written, or against it. Runs at the same time stand
   * one behind the other. Holds one chunk of a file at a time.
   */
  readonly records: (options: ReadOptions) => AsyncGenerator<LedgerEntry>;
  /** The latest record of a request, or null. */
  readonly find: (id: string) => Promise<LedgerEntry | null>;
}

/** Reads a data directory, also one that is being written. Methods throw system errors with a `code`. */
export function createLedgerReader(directory: string, files: FileSystem = systemFiles): LedgerReader {
  async function* lines({ order, since = 0 }: ReadOptions): AsyncGenerator<readonly Buffer[]> {
    const segments = await listSegments(directory, files);
    if (order === 'newest first') segments.reverse();
    for (const { name } of segments) {
      const path = join(directory, name);
      const status = await ownStatusOf(path, files);
      if (!status || status.modifiedMs < since) continue;
      const fd = await files.open(path, 'read');
      try {
        if (order === 'newest first') yield* readLinesBackwards(files, fd, status.size);
        else for await (const chunk of readLines(files, fd, 0)) yield chunk.lines;
      } finally {
        await files.close(fd);
      }
    }
  }

  return {
    async *records(options) {
      for await (const chunk of lines(options)) {
        for (const bytes of chunk) {
          const entry = entryOf(readLine(bytes));
          if (entry && timeOf(entry) >= (options.since ?? 0)) yield entry;
        }
      }
    },
    async find(id) {
      for await (const chunk of lines({ order: 'newest first' })) {
        for (const bytes of chunk) {
          const entry = bytes.includes(id) ? entryOf(readLine(bytes)) : null;
          if (entry?.request['id'] === id) return entry;
        }
      }
      return null;
    },
  };
}

function entryOf(line: Line | null): LedgerEntry | null {
  if (line?.type !== 'end' && line?.type !== 'correction') return null;
  const { request, error, demo, why } = line.members;
  if (!isObject(request)) return null;
  return {
    type: line.type,
    request,
    error: typeof error === 'string' ? error : null,
    isDemo: demo === true,
    why: whyFrom(why),
  };
}

function timeOf({ request }: LedgerEntry): number {
  return typeof request['time'] === 'string' ? Date.parse(request['time']) : 0;
}
