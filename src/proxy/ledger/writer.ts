import type { Cancel, Clock } from '../clock.ts';
import { type Batch, Batches, type Seal } from './batches.ts';
import { DiskPace } from './disk-pace.ts';
import { errorText } from '../file-system.ts';
import type { SegmentFile } from './segment-file.ts';

/** Records that are kept while the disk takes none. */
const maxUnwrittenLines = 10_000;
const retryMs = 1000;
/** How long a line waits for a write that somebody waits for, before it gets one of its own. */
const idleLineMs = 10;
const housekeepingMs = 1000;

/** How the ledger does: `degraded` while the disk takes no records. */
export interface WriterHealth {
  readonly state: 'ok' | 'degraded';
  /** What the system said, or null. */
  readonly reason: string | null;
  /** Records that were lost for want of a disk to take them. */
  readonly dropped: number;
  /** Answers that did not wait for their record: it took more than 5 ms, or could not be written. */
  readonly late: number;
  /** Times that the disk failed to confirm what it had taken. */
  readonly syncFailures: number;
}

export interface LineWriterOptions {
  readonly file: SegmentFile;
  readonly clock: Clock;
  /** Told once when the disk begins to refuse, and once when it takes records again. */
  readonly warn: (message: string) => void;
  /** Whether nobody would notice if the disk held this thread up for a moment. */
  readonly mayBlock: () => boolean;
  /** Whether no other request is on its way, whose record could go with the same write. */
  readonly isAlone: () => boolean;
}

/**
 * Appends lines in groups: one write at a time, at most one a tick; what comes meanwhile goes together into the next.
 * A disk that refuses stops nobody: lines are kept, up to a limit, and tried again each second.
 */
export class LineWriter {
  readonly #file: SegmentFile;
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly #mayBlock: () => boolean;
  readonly #isAlone: () => boolean;
  readonly #batches: Batches;
  readonly #cancelHousekeeping: Cancel;
  #cancelRetry: Cancel = () => {};
  #cancelIdle: Cancel | null = null;
  #writing: Promise<void> | null = null;
  readonly #pace = new DiskPace();
  #isScheduled = false;
  #isClosed = false;
  #unwritten = 0;
  #dropped = 0;
  #reason: string | null = null;

  constructor({ file, clock, warn, mayBlock, isAlone }: LineWriterOptions) {
    this.#file = file;
    this.#clock = clock;
    this.#warn = warn;
    this.#mayBlock = mayBlock;
    this.#isAlone = isAlone;
    this.#batches = new Batches(clock);
    this.#cancelHousekeeping = clock.every(housekeepingMs, () => {
      void file.watch();
      void file.sync();
    });
  }

  /** Opens the file before the first line comes, so that trouble is known at the start. Never throws. */
  async open(): Promise<void> {
    await this.#file.open().catch((error: unknown) => this.#refused(errorText(error)));
  }

  /** Takes a line, with its line feed, to go with the next write that somebody waits for, soon in any case. Never throws, never waits. */
  append(line: string, seal: Seal | null = null): void {
    if (this.#isClosed || this.#unwritten >= maxUnwrittenLines) {
      this.#dropped++;
      return;
    }
    this.#unwritten++;
    this.#batches.add(line, seal);
    if (this.#reason === null) this.#cancelIdle ??= this.#clock.after(idleLineMs, () => this.#idleWrite());
  }

  /** Runs the callback once all that was appended so far is written, after 5 ms at the latest. */
  written(run: () => void): void {
    const batch = this.#batches.last();
    if (batch && this.#reason === null) {
      if (this.#isAlone() && !this.#isScheduled && !this.#writing && this.#writeQuickly() && this.#batches.isEmpty) {
        return run();
      }
      this.#schedule();
      batch.waiting.add(run);
      if (this.#writing) batch.waiting.limit();
      return;
    }
    if (batch) this.#batches.late++;
    run();
  }

  /** Waits until all that was appended so far is written, or given up for lost; false where it could not be yet. */
  async flushed(): Promise<boolean> {
    const batch = this.#batches.last();
    if (!batch || this.#isClosed) return true;
    if (this.#reason !== null) return false;
    this.#schedule();
    return new Promise((resolve) => batch.flushes.push(resolve));
  }

  health(): WriterHealth {
    return {
      state: this.#reason === null ? 'ok' : 'degraded',
      reason: this.#reason,
      dropped: this.#dropped,
      late: this.#batches.late,
      syncFailures: this.#file.syncFailures,
    };
  }

  /** Writes what is left, or counts it as lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelHousekeeping();
    this.#cancelRetry();
    this.#cancelIdleWrite();
    await this.#writing;
    // The second try is for a disk that refused once; a third would keep the user waiting.
    for (let refusals = 0; refusals < 2 && !this.#batches.isEmpty;) {
      await this.#writeNext();
      if (this.#reason !== null) refusals++;
    }
    this.#dropped += this.#unwritten;
    await this.#file.close();
  }

  #idleWrite(): void {
    this.#cancelIdle = null;
    if (!this.#batches.isEmpty && this.#reason === null) this.#schedule();
  }

  #cancelIdleWrite(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = null;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#writing) return;
    this.#isScheduled = true;
    // After this tick's input is read: what it brings goes together.
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isClosed && !this.#writing && !this.#writeQuickly()) this.#writing = this.#writeNext();
    });
  }

  /**
   * Writes the next batch on this thread: into the page cache that takes microseconds, while another thread has to be
   * woken and to wake this one. False while streams are on their way, which would all feel a disk that takes its time,
   * and where the disk has been slow of late, or something is wrong.
   */
  #writeQuickly(): boolean {
    const startedAt = this.#clock.now();
    const batch = this.#batches.first();
    if (!batch || this.#reason !== null || !this.#pace.isQuick(startedAt) || !this.#mayBlock()) return false;
    const done = this.#file.appendNow(batch.bytes.subarray(0, batch.length));
    this.#pace.took(startedAt, this.#clock.now());
    if (done) this.#wrote(this.#batches.take());
    return done;
  }

  /** Writes the next batch; none to write only makes sure that there is a file. */
  async #writeNext(): Promise<void> {
    const batch = this.#batches.take();
    const bytes = batch ? batch.bytes.subarray(0, batch.length) : Buffer.alloc(0);
    this.#batches.limitWaits(batch);
    const failure = await this.#file.append(bytes).then(() => null, errorText);
    this.#writing = null;
    if (failure !== null) {
      this.#refused(failure);
      if (batch) this.#batches.giveBack(batch);
      return;
    }
    this.#accepted();
    this.#wrote(batch);
  }

  #wrote(batch: Batch | null): void {
    if (!this.#batches.isEmpty) this.#schedule();
    this.#unwritten -= batch?.lines ?? 0;
    if (batch) this.#batches.done(batch);
  }

  #accepted(): void {
    if (this.#reason === null) return;
    this.#reason = null;
    this.#warn(`the ledger is written again; records lost meanwhile: ${this.#dropped}`);
  }

  #refused(reason: string): void {
    if (this.#reason === null) {
      this.#warn(`the ledger cannot be written (${reason}); requests go on, their records wait in memory`);
    }
    this.#reason = reason;
    // Only the retry may try again, and there must be but one.
    this.#cancelIdleWrite();
    this.#cancelRetry();
    if (!this.#isClosed) this.#cancelRetry = this.#clock.after(retryMs, () => this.#schedule());
  }
}
