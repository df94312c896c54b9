import type { Clock } from '../clock.ts';
import { type FileSystem, errorCode, writeAll } from '../file-system.ts';
import { nextDay } from '../local-day.ts';
import { preparePrivateDirectory } from './private-directory.ts';
import { type OpenSegment, type Run, createSegment } from './segments.ts';

const maxSegmentBytes = 64 * 1024 * 1024;

/** How far a run's records have got into its files. */
export interface Position {
  /** Of the segment. */
  readonly index: number;
  /** Bytes. */
  readonly offset: number;
}

interface CurrentSegment extends OpenSegment {
  /** The end of the last whole line. */
  offset: number;
  /** When its day is over, in Unix milliseconds. */
  readonly until: number;
}

export interface SegmentFileOptions {
  readonly directory: string;
  readonly run: Run;
  readonly clock: Clock;
  readonly files: FileSystem;
}

/** The file that this run appends to: a new one for each day and each 64 MiB, and whenever the old one is lost. */
export class SegmentFile {
  readonly #options: SegmentFileOptions;
  readonly #files: FileSystem;
  #current: CurrentSegment | null = null;
  #lost: CurrentSegment | null = null;
  #nextIndex = 0;
  #isUnsynced = false;
  /** A write may have left a part of its bytes behind the last whole line. */
  #isTorn = false;
  #syncing: Promise<void> | null = null;
  #leaving: Promise<void> = Promise.resolve();
  /** What surely stands in the files; null before the first segment. */
  position: Position | null = null;
  syncFailures = 0;

  constructor(options: SegmentFileOptions) {
    this.#options = options;
    this.#files = options.files;
  }

  /** Opens the first segment now rather than with the first record. Throws as `append` does. */
  async open(): Promise<void> {
    await this.#usable();
  }

  /**
   * Appends on the caller's thread. False, and nothing appended, where that could take long or did not work: `append`
   * then does it, or says why not.
   */
  appendNow(bytes: Buffer): boolean {
    const segment = this.#current;
    const { writeNow } = this.#files;
    // While the disk confirms what it has, a write to the same file can wait for it.
    if (!segment || !writeNow || this.#syncing || this.#isTorn || this.#isOver(segment)) return false;
    this.#isTorn = !wroteAll(writeNow, segment.fd, bytes);
    if (!this.#isTorn) this.#appended(segment, bytes.length);
    return !this.#isTorn;
  }

  /** Appends all the bytes or none; one call at a time. Throws system errors with a `code`. */
  async append(bytes: Buffer): Promise<void> {
    if (this.#isTorn && this.#current) await this.#cutBack(this.#current);
    this.#isTorn = false;
    const segment = await this.#usable();
    try {
      await writeAll(segment.fd, bytes, this.#files);
    } catch (error) {
      await this.#cutBack(segment);
      // This file may not grow, as `ulimit -f` has it; another one may.
      if (errorCode(error) !== 'EFBIG' || segment.offset === 0) throw error;
      this.#leave();
      return this.append(bytes);
    }
    this.#appended(segment, bytes.length);
  }

  #appended(segment: CurrentSegment, bytes: number): void {
    segment.offset += bytes;
    this.position = { index: segment.segment.index, offset: segment.offset };
    this.#isUnsynced = true;
  }

  /** Notices whether the file was moved or removed, so that the next append goes to a new one. Never throws. */
  async watch(): Promise<void> {
    const segment = this.#current;
    if (!segment) return;
    const identity = await this.#files.statusOf(segment.path).then(
      (status) => status.identity,
      (error: unknown) => (errorCode(error) === 'ENOENT' ? null : segment.identity),
    );
    if (identity !== segment.identity) this.#lost = segment;
  }

  /** Asks the disk to keep what was appended since the last time. Never throws. */
  async sync(): Promise<void> {
    if (!this.#current || !this.#isUnsynced || this.#syncing) return;
    this.#isUnsynced = false;
    this.#syncing = this.#syncNow(this.#current.fd);
    await this.#syncing;
    this.#syncing = null;
  }

  /** Waits for the disk and lets go of the file; an empty one is removed. Never throws. */
  async close(): Promise<void> {
    const empty = this.#current?.offset === 0 ? this.#current.path : null;
    this.#leave();
    await this.#leaving;
    if (empty !== null) await this.#files.remove(empty).catch(() => {});
  }

  async #usable(): Promise<CurrentSegment> {
    if (this.#current && this.#isOver(this.#current)) this.#leave();
    return (this.#current ??= await this.#openNext());
  }

  #isOver(segment: CurrentSegment): boolean {
    return segment === this.#lost || segment.offset >= maxSegmentBytes || this.#options.clock.wall() >= segment.until;
  }

  async #openNext(): Promise<CurrentSegment> {
    const { directory, run, clock } = this.#options;
    await preparePrivateDirectory(directory, this.#files);
    const opened = await createSegment(directory, { run, index: this.#nextIndex }, this.#files);
    const { index } = opened.segment;
    this.#nextIndex = index + 1;
    this.position = { index, offset: 0 };
    return { ...opened, offset: 0, until: nextDay(clock.wall()) };
  }

  /** Takes away what was written of lines that will be written again; a file that keeps it must not be appended to. */
  async #cutBack(segment: CurrentSegment): Promise<void> {
    try {
      await this.#files.truncate(segment.fd, segment.offset);
    } catch {
      this.#leave();
    }
  }

  /** The file is closed beside the requests, once the disk has it. */
  #leave(): void {
    if (!this.#current) return;
    const { fd } = this.#current;
    const before = Promise.all([this.#leaving, this.#syncing]);
    this.#current = null;
    this.#leaving = (async () => {
      await before;
      await this.#syncNow(fd);
      await this.#files.close(fd).catch(() => {});
    })();
  }

  async #syncNow(fd: number): Promise<void> {
    try {
      await this.#files.syncData(fd);
    } catch {
      this.syncFailures++;
    }
  }
}

function wroteAll(write: NonNullable<FileSystem['writeNow']>, fd: number, bytes: Buffer): boolean {
  try {
    return write(fd, bytes) === bytes.length;
  } catch {
    return false;
  }
}
