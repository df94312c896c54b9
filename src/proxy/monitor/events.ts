import type { Cancel, Clock } from '../clock.ts';
import type { RequestRecord } from '../record.ts';
import { createEventReaders, type EventReader } from './event-readers.ts';
import { endedRow, helloRow, noticeRow, startedRow, type Progress } from './event-rows.ts';
import { createProgressWatch } from './progress-watch.ts';

const tickMs = 100;
const maxRowsPerTick = 50;
const commentEveryMs = 15_000;

export interface EventHubOptions {
  readonly clock: Clock;
  /** The snapshot as JSON: what a new reader is told first. */
  readonly snapshotJson: () => string;
  /** The requests that are on their way. */
  readonly inFlight: Iterable<RequestRecord>;
  /** What an exchange has used so far, or null where nothing is known yet. */
  readonly progressOf: (record: RequestRecord) => Progress | null;
}

export interface EventHub {
  readonly started: (record: RequestRecord) => void;
  /** @param json of its record */
  readonly ended: (json: string) => void;
  /** Tells the readers of something that is no request: a code for programs, a message for people. */
  readonly notice: (code: string, message: string) => void;
  /** Adds a reader and gives what takes it away again. Throws a `ProxyError` when there are too many. */
  readonly subscribe: (reader: EventReader) => Cancel;
  /** Whether anybody reads: streams need only be decoded for progress while somebody does. */
  readonly listening: () => boolean;
  /** Sends what waits and closes all readers. */
  readonly close: () => void;
}

/**
 * Tells readers what changes, in batches, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). Without a reader it keeps and computes nothing.
 */
export function createEventHub({ clock, snapshotJson, inFlight, progressOf }: EventHubOptions): EventHub {
  const progress = createProgressWatch({ now: clock.now, inFlight, progressOf });
  const batch = createBatch(clock);
  const readers = createEventReaders(() => {
    stopTicking();
    progress.clear();
    batch.take();
  });
  let stopTicking: Cancel = () => {};
  let spokeAt = 0;

  function tick(): void {
    const rows = batch.take();
    rows.push(...progress.due(maxRowsPerTick - rows.length));
    if (rows.length === 0 && clock.now() - spokeAt < commentEveryMs) return;
    spokeAt = clock.now();
    readers.send(rows.length > 0 ? rows.join('') : ': still here\n\n');
  }

  function begin(): void {
    spokeAt = clock.now();
    stopTicking = clock.every(tickMs, tick);
  }

  return {
    started(record) {
      if (readers.count() === 0) return;
      // Rendered when it is sent: by then the model and the provider are mostly known.
      batch.add(() => startedRow(record));
    },
    ended(json) {
      if (readers.count() > 0) batch.add(() => endedRow(json));
    },
    notice(code, message) {
      if (readers.count() > 0) batch.add(() => noticeRow(clock.wall(), { code, message, skipped: null }));
    },
    subscribe(reader) {
      // The snapshot holds what waits for the next tick: a new reader must not be told of it again.
      tick();
      readers.add(reader);
      if (readers.count() === 1) begin();
      reader.write(helloRow(snapshotJson()));
      return () => readers.drop(reader);
    },
    listening: () => readers.count() > 0,
    close() {
      tick();
      readers.dropAll();
    },
  };
}

/** Rows that wait for the next tick; beyond the limit they are only counted. */
function createBatch(clock: Clock): { readonly add: (row: () => string) => void; readonly take: () => string[] } {
  let waiting: (() => string)[] = [];
  let skipped = 0;
  return {
    add(row) {
      if (waiting.length < maxRowsPerTick) waiting.push(row);
      else skipped++;
    },
    take() {
      const rows = waiting.map((render) => render());
      if (skipped > 0) {
        rows.push(noticeRow(clock.wall(), { code: 'skipped', message: `${skipped} events were left out`, skipped }));
      }
      waiting = [];
      skipped = 0;
      return rows;
    },
  };
}
