import { isObject, type JsonObject } from '../json.ts';
import { type FileSystem, systemFiles } from '../file-system.ts';
import { type Line, readLine } from './line.ts';
import { fileClockMs, linesOf, type ReadableSegment, readableSegments } from './readable-segments.ts';
import { newestFirst } from './newest-first.ts';
import { type Why, whyFrom } from './why.ts';

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
   * All records that can be read. Oldest first, runs at the same time stand one behind the other; newest first, they are
   * one, and reading ends soon behind `since`. Holds one chunk of a file at a time, of each such run.
   */
  readonly records: (options: ReadOptions) => AsyncGenerator<LedgerEntry>;
  /** The record that was written last, or null. */
  readonly newest: () => Promise<LedgerEntry | null>;
  /** The latest record of a request, or null. */
  readonly find: (id: string) => Promise<LedgerEntry | null>;
}

/** A clock may be set back a little. */
const clockStepMs = 60 * 60 * 1000;

/** Reads a data directory, also one that is being written. Methods throw system errors with a `code`. */
export function createLedgerReader(directory: string, files: FileSystem = systemFiles): LedgerReader {
  async function* entriesOf(
    segments: readonly ReadableSegment[],
    { order, since = 0 }: ReadOptions,
  ): AsyncGenerator<LedgerEntry> {
    for (const segment of segments) {
      for await (const lines of linesOf(segment, order, files)) {
        for (const bytes of lines) {
          const entry = entryOf(readLine(bytes));
          if (!entry) continue;
          if (order === 'newest first' && wasWrittenBefore(entry, since - clockStepMs)) return;
          if (timeOf(entry) >= since) yield entry;
        }
      }
    }
  }

  const reader: LedgerReader = {
    async *records(options) {
      const segments = await readableSegments(directory, { since: options.since ?? 0, files });
      if (options.order === 'oldest first') return yield* entriesOf(segments, options);
      const runs = runsOf(segments).map((run) => ({
        newestMs: Math.max(...run.map(({ status }) => status.modifiedMs)) + fileClockMs,
        read: () => entriesOf(run.toReversed(), options),
      }));
      yield* newestFirst(runs, endOf);
    },
    async newest() {
      for await (const entry of reader.records({ order: 'newest first' })) return entry;
      return null;
    },
    async find(id) {
      for (const segment of (await readableSegments(directory, { since: 0, files })).reverse()) {
        for await (const lines of linesOf(segment, 'newest first', files)) {
          for (const bytes of lines) {
            const entry = bytes.includes(id) ? entryOf(readLine(bytes)) : null;
            if (entry?.request['id'] === id) return entry;
          }
        }
      }
      return null;
    },
  };
  return reader;
}

function runsOf(segments: readonly ReadableSegment[]): ReadableSegment[][] {
  const runs = new Map<string, ReadableSegment[]>();
  for (const segment of segments) runs.set(segment.runKey, [...(runs.get(segment.runKey) ?? []), segment]);
  return [...runs.values()];
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

/** When it was over, which is when it was written; a request of a run that crashed was written later than that. */
function endOf(entry: LedgerEntry): number {
  const { latency_ms: latency } = entry.request;
  const total = isObject(latency) ? latency['total'] : null;
  return timeOf(entry) + (typeof total === 'number' ? total : 0);
}

function wasWrittenBefore(entry: LedgerEntry, time: number): boolean {
  return entry.request['outcome'] !== 'crash_unknown' && endOf(entry) < time;
}
