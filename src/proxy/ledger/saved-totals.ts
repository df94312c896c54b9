import { join } from 'node:path';
import { durableJsonFile } from '../durable-json-file.ts';
import type { FileSystem } from '../file-system.ts';
import { isObject } from '../json.ts';
import type { Day } from '../local-day.ts';
import { checkpointVersion, totalsFileName } from './checkpoint.ts';
import type { Contribution } from './contribution.ts';
import { DayBook } from './day-book.ts';
import { Tally } from './tally.ts';
import { type Totals, totalsFrom } from './totals.ts';

/** What a day came to beside the records that are there, by what daily totals know. */
export interface FoldedRow {
  readonly day: Day;
  readonly model: string | null;
  readonly provider: string | null;
  readonly project: string | null;
  readonly totals: Totals;
}

interface CountedRecord {
  readonly seq: number;
  readonly contribution: Contribution;
  readonly sign: 1 | -1;
}

export interface SavedTotals {
  /** A record is there: what it adds is not to be taken from the totals as well. Whether they have it. */
  readonly takeAway: (runKey: string, record: CountedRecord) => boolean;
  /** What is left, of days that began at that time (Unix milliseconds) or later. */
  readonly left: (since: number) => FoldedRow[];
}

/**
 * The totals that the proxy saves, to be read only. Null where there are none, or none that can be used: damaged, of a
 * newer version, or counted by the days of another time zone.
 */
export async function loadSavedTotals(directory: string, files: FileSystem): Promise<SavedTotals | null> {
  const path = join(directory, totalsFileName);
  const file = durableJsonFile<unknown>({ path, temporaryPath: `${path}.unused`, files, render: () => '' });
  const saved = await file.read().catch(() => null);
  if (!isObject(saved) || saved['version'] !== checkpointVersion) return null;
  if (saved['time_zone'] !== Intl.DateTimeFormat().resolvedOptions().timeZone) return null;
  const book = new DayBook(false);
  const tally = new Tally(book);
  if (!tally.load(saved['days'], saved['runs'], [])) return null;
  return {
    takeAway(runKey, { seq, contribution, sign }) {
      const run = tally.runs.get(runKey);
      if (!run || seq > run.seq) return false;
      book.add(contribution, sign === 1 ? -1 : 1);
      return true;
    },
    left: (since) => book.days().flatMap(({ day, rows }) => (startOf(day) < since ? [] : rowsLeft(day, rows))),
  };
}

function rowsLeft(day: Day, rows: ReturnType<DayBook['days']>[number]['rows']): FoldedRow[] {
  return rows.flatMap((row) => {
    const totals = totalsFrom(row);
    if (!totals || (totals.requests === 0 && totals.picodollars === 0n)) return [];
    const { model, provider, project } = row;
    return [{ day, model, provider, project, totals }];
  });
}

function startOf(day: Day): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}
