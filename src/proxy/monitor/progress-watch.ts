import type { RequestRecord } from '../record.ts';
import { progressRow, type Progress } from './event-rows.ts';

/** Four rows a second an exchange. */
const everyMs = 250;

export interface ProgressWatch {
  readonly add: (record: RequestRecord) => void;
  readonly remove: (record: RequestRecord) => void;
  /** At most `room` rows, of exchanges that have come further since they were last told of. */
  readonly due: (room: number) => string[];
  readonly clear: () => void;
}

/**
 * Tells how exchanges on their way come on. Where there are more than there is room for, those that were least recently
 * looked at come first, so that all get their turn.
 */
export function createProgressWatch(
  now: () => number,
  progressOf: (record: RequestRecord) => Progress | null,
): ProgressWatch {
  /** In the order of `lookedAt`. */
  const watched = new Map<RequestRecord, { readonly row: string; readonly lookedAt: number }>();
  return {
    add: (record) => void watched.set(record, { row: '', lookedAt: now() }),
    remove: (record) => void watched.delete(record),
    due(room) {
      const at = now();
      const rows: string[] = [];
      for (const [record, last] of watched) {
        if (rows.length >= room || at - last.lookedAt < everyMs) break;
        const progress = progressOf(record);
        const row = progress === null ? '' : progressRow(record.id, progress);
        if (row !== last.row) rows.push(row);
        watched.delete(record);
        watched.set(record, { row, lookedAt: at });
      }
      return rows;
    },
    clear: () => watched.clear(),
  };
}
