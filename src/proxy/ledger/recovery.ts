import { join } from 'node:path';
import type { JsonObject } from '../json.ts';
import { type FileSystem, errorText } from '../file-system.ts';
import { readLine } from './line.ts';
import { readLines } from './read-lines.ts';
import { type Run, type Segment, listSegments, ownStatusOf } from './segments.ts';
import type { RunProgress, Tally } from './tally.ts';
import { repairTail } from './torn-tail.ts';

/** A request that a run began and, having crashed, never ended. */
export interface Crash {
  readonly runKey: string;
  /** Members of its start line. */
  readonly start: JsonObject;
}

export interface RecoveryOptions {
  readonly directory: string;
  /** This run: its own records are counted as they are made. */
  readonly ownKey: string;
  readonly tally: Tally;
  readonly files: FileSystem;
  readonly isAlive: (run: Run) => boolean;
  readonly warn: (message: string) => void;
}

/** Counts what other runs wrote, and mends what crashed ones left. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #warned = new Set<string>();
  #isStopped = false;
  /** Lines that could not be read; they stay where they are. */
  badLines = 0;
  /** Whether another run was writing to the same directory the last time. */
  isShared = false;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Stops a catch-up that is under way at the next chunk. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Counts what other runs wrote since the last time. Each crash is handed to `onCrash`, which has to record its end.
   * Never throws: what cannot be read now is tried again the next time.
   */
  async catchUp(onCrash: (crash: Crash) => void): Promise<void> {
    const { directory, ownKey, tally, files } = this.#options;
    const runs = await runsOf(directory, files).catch(() => null);
    if (!runs) return;
    for (const runKey of tally.runs.keys()) {
      if (runKey !== ownKey && !runs.has(runKey)) tally.runs.delete(runKey);
    }
    this.isShared = false;
    const over: string[] = [];
    for (const [runKey, segments] of runs) {
      if (runKey !== ownKey && (await this.#isOverAndRead(runKey, segments))) over.push(runKey);
    }
    // Only now: the end that an earlier start recorded for a crash may stand in a later run's segment.
    for (const runKey of over) this.#settle(runKey, onCrash);
  }

  async #isOverAndRead(runKey: string, segments: readonly Segment[]): Promise<boolean> {
    const progress = this.#options.tally.runOf(runKey);
    if (progress.isSettled) return false;
    // Asked before reading: what a process wrote before it ended is all there by now.
    const isOver = !this.#options.isAlive(segments[0]!.run);
    if (!isOver) this.isShared = true;
    for (const segment of segments) {
      const isRead = segment.index < progress.index || (await this.#isRead(segment, progress, isOver));
      if (!isRead || this.#isStopped) return false;
    }
    return isOver;
  }

  async #isRead(segment: Segment, progress: RunProgress, isOver: boolean): Promise<boolean> {
    try {
      await this.#readSegment(segment, progress, isOver);
      return true;
    } catch (error) {
      this.#warnOnce(segment.name, `${segment.name} cannot be read yet: ${errorText(error)}`);
      return false;
    }
  }

  async #readSegment(segment: Segment, progress: RunProgress, isOver: boolean): Promise<void> {
    const { directory, files } = this.#options;
    const path = join(directory, segment.name);
    const status = await ownStatusOf(path, files);
    if (!status) return this.#warnOnce(segment.name, `${segment.name} is not a file of this user's: it is left alone`);
    if (isOver && status.size === 0) return files.remove(path);
    const known = segment.index === progress.index ? progress.offset : 0;
    if (known === status.size) return;
    if (isOver) await repairTail(path, status.size, files);
    progress.index = segment.index;
    // Shorter than it was: not the file that it was. Its lines say themselves which of them are counted.
    progress.offset = known > status.size ? 0 : known;
    const fd = await files.open(path, 'read');
    try {
      await this.#count(segment, progress, fd);
    } finally {
      await files.close(fd);
    }
  }

  async #count(segment: Segment, progress: RunProgress, fd: number): Promise<void> {
    const { tally, files } = this.#options;
    for await (const { lines, end } of readLines(files, fd, progress.offset)) {
      for (const bytes of lines) {
        const line = readLine(bytes);
        if (line && tally.take(progress, line, bytes)) continue;
        this.badLines++;
        this.#warnOnce(segment.name, `${segment.name} has lines that cannot be read; they are passed over`);
      }
      progress.offset = end;
      if (this.#isStopped) return;
    }
  }

  #settle(runKey: string, onCrash: (crash: Crash) => void): void {
    const { tally } = this.#options;
    const progress = tally.runOf(runKey);
    for (const line of progress.open.values()) {
      const start = readLine(Buffer.from(line.trimEnd()));
      if (start) onCrash({ runKey, start: start.members });
    }
    tally.settle(progress);
  }

  #warnOnce(name: string, message: string): void {
    if (this.#warned.has(name)) return;
    this.#warned.add(name);
    this.#options.warn(message);
  }
}

async function runsOf(directory: string, files: FileSystem): Promise<Map<string, Segment[]>> {
  const runs = new Map<string, Segment[]>();
  for (const segment of await listSegments(directory, files)) {
    const known = runs.get(segment.runKey);
    if (known) known.push(segment);
    else runs.set(segment.runKey, [segment]);
  }
  return runs;
}
