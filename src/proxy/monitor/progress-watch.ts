import type { RequestRecord } from '../record.ts';
import { progressRow, type Progress } from './event-rows.ts';

/** Four rows a second an exchange. */
const everyMs = 250;

export interface ProgressWatch {
  /** At most `room` rows, of exchanges that have come further since they were last told of. */
  readonly due: (room: number) => string[];
  readonly clear: () => void;
}

export interface ProgressWatchParts {
  readonly now: () => number;
  /** The requests that are on their way. */
  readonly inFlight: Iterable<RequestRecord>;
  readonly progressOf: (record: RequestRecord) => Progress | null;
}

/**
 * Tells how exchanges on their way come on. Those that are over within a quarter of a second are never looked at. Where
 * there are more than there is room for, those that were least recently looked at come first, so that all get their turn.
 */
export function createProgressWatch({ now, inFlight, progressOf }: ProgressWatchParts): ProgressWatch {
  const watched = new Map<RequestRecord, { readonly row: string; readonly lookedAt: number }>();

  function findLasting(at: number): void {
    for (const record of watched.keys()) if (record.outcome !== null) watched.delete(record);
    for (const record of inFlight) {
      // An exchange whose record is complete is in flight until its last bytes have gone.
      if (record.outcome !== null) continue;
      if (at - record.marks.received >= everyMs && !watched.has(record)) watched.set(record, { row: '', lookedAt: 0 });
    }
  }

  return {
    due(room) {
      const at = now();
      const rows: string[] = [];
      findLasting(at);
      const longestUnseen = [...watched].sort(([, one], [, other]) => one.lookedAt - other.lookedAt);
      for (const [record, last] of longestUnseen) {
        if (rows.length >= room || at - last.lookedAt < everyMs) break;
        const progress = progressOf(record);
        const row = progress === null ? '' : progressRow(record.id, progress);
        if (row !== last.row) rows.push(row);
        watched.set(record, { row, lookedAt: at });
      }
      return rows;
    },
    clear: () => watched.clear(),
  };
}
