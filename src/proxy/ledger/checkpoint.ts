import { join } from 'node:path';
import { Low } from 'lowdb';
import { isObject } from '../json.ts';
import type { DayJson } from './day-book.ts';
import { durableJsonFile } from '../durable-json-file.ts';
import { type FileSystem, errorCode, errorText } from '../file-system.ts';
import type { RunJson, Tally } from './tally.ts';

export const checkpointVersion = 1;
export const totalsFileName = 'ledger-totals.json';
const temporaryName = /^ledger-totals\.json\.([0-9a-z]+-\d+)\.tmp$/;

interface CheckpointJson {
  readonly version: typeof checkpointVersion;
  /** The machine's time zone by which the days are counted. */
  readonly time_zone: string;
  readonly runs: readonly RunJson[];
  readonly days: readonly DayJson[];
  /** The accounts of budgets. */
  readonly budgets: unknown;
}

export interface CheckpointOptions {
  readonly directory: string;
  readonly ownKey: string;
  readonly tally: Tally;
  readonly files: FileSystem;
  /** Unix milliseconds. */
  readonly wall: () => number;
  readonly warn: (message: string) => void;
}

/** The totals, saved: so that a start has to read only what was written since. */
export class Checkpoint {
  readonly #options: CheckpointOptions;
  readonly #path: string;
  readonly #low: Low<CheckpointJson | null>;
  #mayWrite = true;

  constructor(options: CheckpointOptions) {
    const { directory, ownKey, files } = options;
    this.#options = options;
    this.#path = join(directory, totalsFileName);
    const temporaryPath = join(directory, `${totalsFileName}.${ownKey}.tmp`);
    this.#low = new Low(durableJsonFile({ path: this.#path, temporaryPath, files, render: createRenderer() }), null);
  }

  /**
   * Takes what an earlier run saved into the tally. A damaged file is moved aside, and all is counted afresh from the
   * segments. One of a newer version is neither read nor ever overwritten. Never throws.
   */
  async load(): Promise<void> {
    await removeLeftovers(this.#options);
    try {
      await this.#low.read();
      if (this.#low.data !== null) this.#take(this.#low.data);
    } catch (error) {
      if (errorCode(error) === null) await this.#moveAside(errorText(error));
      else this.#giveUpSaving(`could not be read (${errorText(error)})`);
    }
  }

  /** Holds on to the tally as it is now and gives a function that saves that. Null where nothing may be saved. */
  prepare(): (() => Promise<void>) | null {
    if (!this.#mayWrite) return null;
    const { tally } = this.#options;
    this.#low.data = {
      version: checkpointVersion,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      runs: tally.runsJson(),
      days: tally.book.days(),
      budgets: tally.spending.json(),
    };
    return () => this.#low.write();
  }

  #take(saved: unknown): void {
    if (!isObject(saved)) throw new Error('it is no object');
    const { version, days, runs, budgets = [] } = saved;
    if (typeof version === 'number' && version > checkpointVersion) {
      this.#giveUpSaving(`was written by a newer tokenpak (format ${version})`);
    } else if (version !== checkpointVersion || !this.#options.tally.load(days, runs, budgets)) {
      throw new Error('its content is not what tokenpak writes');
    }
  }

  async #moveAside(why: string): Promise<void> {
    const { files, wall, warn } = this.#options;
    const path = this.#path;
    const aside = `${path}.corrupt-${new Date(wall()).toISOString().replaceAll(':', '')}`;
    try {
      await files.rename(path, aside);
      warn(`${path} could not be read (${why}); it is kept as ${aside}, and totals are counted afresh from the ledger`);
    } catch (error) {
      this.#giveUpSaving(`could not be read (${why}) nor moved aside (${errorText(error)})`);
    }
  }

  /** What this run cannot read it must not overwrite. The next one counts what is not in it from the segments. */
  #giveUpSaving(why: string): void {
    this.#mayWrite = false;
    this.#options.warn(`${this.#path} ${why}: it is left as it is, and this run does not save its totals`);
  }
}

/** Renders the days that did not change only once: most of them are over. */
function createRenderer(): (data: CheckpointJson | null) => string {
  const texts = new WeakMap<DayJson, string>();
  return (data) => {
    if (!data) return 'null\n';
    const { days, ...rest } = data;
    const rendered = days.map((day) => {
      const text = texts.get(day) ?? JSON.stringify(day);
      texts.set(day, text);
      return text;
    });
    return `${JSON.stringify(rest).slice(0, -1)},"days":[\n${rendered.join(',\n')}\n]}\n`;
  };
}

/** Removes what runs that crashed left half written. */
async function removeLeftovers({ directory, files }: CheckpointOptions): Promise<void> {
  const names = await files.list(directory).catch(() => []);
  for (const name of names) {
    if (temporaryName.test(name)) await files.remove(join(directory, name)).catch(() => {});
  }
}
