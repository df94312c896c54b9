import type { Cancel, Clock } from '../clock.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type FileSystem, errorText } from '../file-system.ts';
import type { LedgerOptions } from './options.ts';
import type { Crash, Recovery } from './recovery.ts';
import { applyRetention } from './retention.ts';
import type { SegmentFile } from './segment-file.ts';
import type { Segment } from './segments.ts';
import { type Tally, openLines } from './tally.ts';
import type { LineWriter } from './writer.ts';

const periodMs = 5000;
const retentionPeriodMs = 60_000;

export interface UpkeepOptions {
  readonly directory: string;
  readonly ownKey: string;
  readonly limits: LedgerOptions;
  readonly tally: Tally;
  readonly checkpoint: Checkpoint;
  readonly recovery: Recovery;
  readonly lines: LineWriter;
  readonly file: SegmentFile;
  readonly onCrash: (crash: Crash) => void;
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly warn: (message: string) => void;
}

/** What is done every few seconds beside the requests: count what other runs wrote, save the totals, remove what is too old. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #running: Promise<void> | null = null;
  #cancelTimer: Cancel = () => {};
  #savedVersion: number;
  #retainedAt = -Infinity;
  #isFailing = false;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#savedVersion = options.tally.version;
  }

  /** Begins with the first catch-up; resolves when that is done. */
  start(): Promise<void> {
    const { recovery, onCrash, clock } = this.#options;
    const firstCatchUp = recovery.catchUp(onCrash);
    this.#run(() => firstCatchUp);
    this.#cancelTimer = clock.every(periodMs, () => {
      this.#run(async () => {
        await recovery.catchUp(onCrash);
        await this.#saveOrWarn();
      });
    });
    return firstCatchUp;
  }

  /** Ends the run: the last lines, then the last totals. */
  async stop(): Promise<void> {
    const { recovery, lines, tally, ownKey } = this.#options;
    this.#cancelTimer();
    recovery.stop();
    await this.#running;
    await lines.close();
    const own = tally.runOf(ownKey);
    if (own.seq < 0) tally.runs.delete(ownKey);
    else if (openLines(own).length === 0) tally.settle(own);
    await this.#saveOrWarn();
  }

  #run(step: () => Promise<void>): void {
    this.#running ??= step().finally(() => (this.#running = null));
  }

  async #saveOrWarn(): Promise<void> {
    try {
      await this.#save();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) {
        this.#options.warn(`the ledger's totals cannot be saved (${errorText(error)}); it is tried again`);
      }
      this.#isFailing = true;
    }
  }

  async #save(): Promise<void> {
    const { tally, ownKey, file, checkpoint, lines } = this.#options;
    const { version } = tally;
    if (version === this.#savedVersion) return;
    const own = tally.runs.get(ownKey);
    if (own && file.position) Object.assign(own, file.position);
    const settled = new Set([...tally.runs].filter(([, run]) => run.isSettled).map(([runKey]) => runKey));
    const ownIndex = own?.index ?? 0;
    const write = checkpoint.prepare();
    // The totals must never be ahead of the records that they are made of.
    if (!write || !(await lines.flushed())) return;
    await write();
    this.#savedVersion = version;
    await this.#retain(({ runKey, index }) => settled.has(runKey) || (runKey === ownKey && index < ownIndex));
  }

  async #retain(isCounted: (segment: Segment) => boolean): Promise<void> {
    const { recovery, clock, directory, limits, files } = this.#options;
    // Another process may be about to save totals in which a segment is missing that we would remove.
    if (recovery.isShared || clock.now() < this.#retainedAt + retentionPeriodMs) return;
    this.#retainedAt = clock.now();
    await applyRetention({ directory, limits, files, now: clock.wall(), isCounted });
  }
}
