import { isObject } from '../json.ts';
import { type Contribution, contributionFrom, isCount } from './contribution.ts';
import type { DayBook } from './day-book.ts';
import { type Line, readLine } from './line.ts';
import { type Adjustment, adjustmentFrom, type Spending } from '../spending.ts';

/** Far more than a proxy takes on at once. */
const maxOpen = 16_384;

/** How far the records of one run are counted. */
export interface RunProgress {
  /** Of the last line that is counted; all lines of the run up to it are. */
  seq: number;
  /** The segment to go on with, and from which byte: lines up to `seq` that stand behind it are passed over. */
  index: number;
  offset: number;
  /** The run is over and nothing of it is left to count. */
  isSettled: boolean;
  /** The start lines of requests that had not ended by then, by request. */
  readonly open: Map<string, string>;
  /** Gives those of the run that is going on. */
  live?: () => string[];
}

export interface RunJson {
  readonly run: string;
  readonly seq: number;
  readonly index: number;
  readonly offset: number;
  readonly settled: boolean;
  readonly open: readonly string[];
}

/**
 * What is counted so far, and how far that is: both always change together, so that whatever the moment at which they
 * are saved, going on from there counts each line exactly once.
 */
export class Tally {
  readonly book: DayBook;
  /** The accounts of budgets. */
  readonly spending: Spending;
  readonly runs = new Map<string, RunProgress>();
  /** Goes up with every change. */
  version = 0;

  constructor(book: DayBook, spending: Spending = nobodySpends) {
    this.book = book;
    this.spending = spending;
  }

  runOf(runKey: string): RunProgress {
    let run = this.runs.get(runKey);
    if (!run) this.runs.set(runKey, (run = { seq: -1, index: 0, offset: 0, isSettled: false, open: new Map() }));
    return run;
  }

  /** A request had begun; `line` is its start line. */
  #took({ open }: RunProgress, id: string, line: string): void {
    this.version++;
    open.set(id, line);
    if (open.size > maxOpen) open.delete(open.keys().next().value!);
  }

  ended({ open }: RunProgress, id: string, contribution: Contribution): void {
    this.version++;
    open.delete(id);
    this.#add(contribution, 1);
  }

  #add(contribution: Contribution, sign: 1 | -1): void {
    this.book.add(contribution, sign);
    if (contribution.charges.length > 0) this.spending.charge(contribution.charges, sign);
  }

  adjusted(adjustment: Adjustment): void {
    this.version++;
    this.spending.adjust(adjustment);
  }

  /** A request that has ended is better known now. */
  corrected(was: Contribution, contribution: Contribution): void {
    this.version++;
    this.#add(was, -1);
    this.#add(contribution, 1);
  }

  /** A run is over, and whatever it left open has been recorded. */
  settle(run: RunProgress): void {
    this.version++;
    run.open.clear();
    run.isSettled = true;
  }

  /** Counts a line that was read, unless it is counted already. False where nothing can be made of it. */
  take(run: RunProgress, line: Line, bytes: Buffer): boolean {
    if (line.seq <= run.seq) return true;
    run.seq = line.seq;
    const { id } = line.members;
    if (line.type === 'start' && typeof id === 'string') this.#took(run, id, bytes.toString());
    if (line.type === 'end') return this.#takeEnd(run, line);
    if (line.type === 'budget') return this.#takeAdjustment(line);
    return line.type !== 'correction' || this.#takeCorrection(line);
  }

  #takeEnd(run: RunProgress, { members }: Line): boolean {
    const contribution = contributionFrom(members);
    const id = isObject(members['request']) ? members['request']['id'] : null;
    if (!contribution || typeof id !== 'string') return false;
    if (typeof members['of'] !== 'string') {
      this.ended(run, id, contribution);
      return true;
    }
    // The end of a request of a run that crashed: two later runs may both have recorded it.
    const crashed = this.runs.get(members['of']);
    if (crashed?.open.has(id)) this.ended(crashed, id, contribution);
    return true;
  }

  #takeCorrection({ members }: Line): boolean {
    const was = isObject(members['was']) ? contributionFrom(members['was']) : null;
    const contribution = contributionFrom(members);
    if (!was || !contribution) return false;
    this.corrected(was, contribution);
    return true;
  }

  #takeAdjustment({ members }: Line): boolean {
    const adjustment = adjustmentFrom(members);
    if (adjustment) this.adjusted(adjustment);
    return adjustment !== null;
  }

  runsJson(): RunJson[] {
    return [...this.runs].map(([runKey, run]) => ({
      run: runKey,
      seq: run.seq,
      index: run.index,
      offset: run.offset,
      settled: run.isSettled,
      open: openLines(run).map((line) => line.trimEnd()),
    }));
  }

  /** Takes in what an earlier run saved; false, and nothing taken, where it is damaged. */
  load(days: unknown, runs: unknown, budgets: unknown): boolean {
    const loaded = runsFrom(runs);
    if (!loaded || !this.book.load(days) || !this.spending.load(budgets)) return false;
    for (const [runKey, run] of loaded) this.runs.set(runKey, run);
    return true;
  }
}

/** Where there are no budgets, as in tests. */
const nobodySpends: Spending = { charge() {}, adjust() {}, json: () => [], load: () => true };

/** The start lines of a run's requests that have not ended. */
export function openLines({ open, live }: RunProgress): string[] {
  return [...open.values(), ...(live?.() ?? [])];
}

function runsFrom(json: unknown): Map<string, RunProgress> | null {
  if (!Array.isArray(json)) return null;
  const runs = new Map<string, RunProgress>();
  for (const saved of json as unknown[]) {
    if (!isObject(saved)) return null;
    const { run, seq, index, offset, settled } = saved;
    const open = openFrom(saved['open']);
    if (typeof run !== 'string' || !Number.isSafeInteger(seq) || !isCount(index) || !isCount(offset)) return null;
    if (typeof settled !== 'boolean' || !open) return null;
    runs.set(run, { seq: seq as number, index, offset, isSettled: settled, open });
  }
  return runs;
}

function openFrom(lines: unknown): Map<string, string> | null {
  if (!Array.isArray(lines)) return null;
  const open = new Map<string, string>();
  for (const text of lines as unknown[]) {
    const id = typeof text === 'string' ? readLine(Buffer.from(text))?.members['id'] : null;
    if (typeof text !== 'string' || typeof id !== 'string') return null;
    open.set(id, text);
  }
  return open;
}
