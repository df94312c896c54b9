import type { Clock } from '../clock.ts';
import { Checkpoint } from './checkpoint.ts';
import { DayBook, type DayJson } from './day-book.ts';
import { type FileSystem, systemFiles } from '../file-system.ts';
import { type Journal, createJournal } from './journal.ts';
import { createLiveness } from './liveness.ts';
import { type Day, createCalendar } from '../local-day.ts';
import type { LedgerOptions } from './options.ts';
import { DataDirectoryError, preparePrivateDirectory } from './private-directory.ts';
import { type LedgerReader, createLedgerReader } from './reader.ts';
import { Recovery } from './recovery.ts';
import { SegmentFile } from './segment-file.ts';
import { type Run, listSegments, runKeyOf } from './segments.ts';
import { Tally } from './tally.ts';
import type { TotalsJson } from './totals.ts';
import { Upkeep } from './upkeep.ts';
import type { Spending } from '../spending.ts';
import { LineWriter, type WriterHealth } from './writer.ts';

/** A start does not wait longer than this for the records of earlier runs; the rest is counted beside the requests. */
const longestStartMs = 1500;

export interface LedgerSettings {
  /** Absolute; made if it is not there. */
  readonly directory: string;
  readonly limits: LedgerOptions;
  /** All traffic is a demonstration: play money is what is to be counted. */
  readonly demo: boolean;
  readonly clock: Clock;
  /** Told, once each, of what the user should know: a sentence without secrets. */
  readonly warn: (message: string) => void;
  /** Is told what is charged to budgets, earlier runs included, and saved with the totals. */
  readonly spending?: Spending;
  readonly files?: FileSystem;
  /** Whether the process of another run is still there. */
  readonly isAlive?: (run: Run) => boolean;
}

interface LedgerHealth extends WriterHealth {
  /** Lines of earlier runs that could not be read; they stay where they are. */
  readonly badLines: number;
}

interface DayTotalsJson extends TotalsJson {
  readonly day: Day;
}

/** The record of all requests: on disk before a client has the last byte of its answer. */
export interface Ledger extends Omit<Journal, 'crashed'>, LedgerReader {
  /** Runs the callback once all that was told so far is written; after 5 ms, or when the disk refuses, all the same. */
  readonly written: (run: () => void) => void;
  readonly health: () => LedgerHealth;
  /** What today came to by the machine's time zone, earlier runs included. */
  readonly today: () => DayTotalsJson;
  /** Each day from this one on, oldest first, by model, provider and project. */
  readonly days: (since: Day) => DayJson[];
  /** Writes and saves all that is left; nothing may be told after it. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the ledger of a data directory. A directory that is not safely the user's own is a `DataDirectoryError`; any
 * other trouble only degrades it: it starts, counts in memory, and writes once it can.
 */
export async function openLedger(settings: LedgerSettings): Promise<Ledger> {
  const { directory, limits, demo, clock, warn, files = systemFiles } = settings;
  const isAlive = settings.isAlive ?? createLiveness(clock.wall);
  await preparePrivateDirectory(directory, files).catch((error: unknown) => {
    if (error instanceof DataDirectoryError) throw error;
  });
  const run = await newRun(settings, files);
  const ownKey = runKeyOf(run);

  const tally = new Tally(new DayBook(demo), settings.spending);
  const checkpoint = new Checkpoint({ directory, ownKey, tally, files, wall: clock.wall, warn });
  await checkpoint.load();
  tally.runs.delete(ownKey);

  const file = new SegmentFile({ directory, run, clock, files });
  const lines = new LineWriter({
    ...{ file, clock, warn },
    mayBlock: () => journal.streams() === 0,
    isAlone: () => journal.open() === 0,
  });
  await lines.open();
  const { crashed: onCrash, ...journal }: Journal = createJournal({
    ownKey,
    tally,
    append: (line, seal) => lines.append(line, seal),
  });

  const recovery = new Recovery({ directory, ownKey, tally, files, isAlive, warn });
  const parts = { tally, checkpoint, recovery, lines, file };
  const upkeep = new Upkeep({ ...parts, directory, ownKey, limits, onCrash, clock, files, warn });
  await atMost(longestStartMs, upkeep.start(), clock);

  const dayOf = createCalendar();
  return {
    ...journal,
    ...createLedgerReader(directory, files),
    written: (run) => lines.written(run),
    health: () => ({ ...lines.health(), badLines: recovery.badLines }),
    today() {
      const day = dayOf(clock.wall());
      return { day, ...tally.book.totalsOf(day) };
    },
    days: (since) => tally.book.days().filter(({ day }) => day >= since),
    close: () => upkeep.stop(),
  };
}

/** A name for this run that no file bears yet: a run may begin in the millisecond in which the one before ended. */
async function newRun({ directory, clock }: LedgerSettings, files: FileSystem): Promise<Run> {
  const taken = new Set((await listSegments(directory, files).catch(() => [])).map(({ runKey }) => runKey));
  const run = { boot: Math.max(0, Math.floor(clock.wall())), pid: process.pid };
  while (taken.has(runKeyOf(run))) run.boot++;
  return run;
}

async function atMost(limitMs: number, work: Promise<void>, clock: Clock): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const cancel = clock.after(limitMs, resolve);
    work.then(resolve, reject).finally(cancel);
  });
}
