import { type FileSystem, systemFiles } from '../file-system.ts';
import { isObject, type JsonObject } from '../json.ts';
import { createCalendar, type Day } from '../local-day.ts';
import { type Contribution, contributionFrom } from './contribution.ts';
import { type Line, readLine } from './line.ts';
import { linesOf, readableSegments } from './readable-segments.ts';
import { type FoldedRow, loadSavedTotals } from './saved-totals.ts';
import { count, emptyTotals, merge, type Totals } from './totals.ts';

/** What requests can be told apart by. */
export const groupings = ['model', 'session', 'agent', 'project', 'provider', 'key', 'day'] as const;
export type Grouping = (typeof groupings)[number];

/** Sums over requests, with how far their money can be trusted. */
export interface Sum extends Totals {
  /** Requests of play money, which is in no sum. */
  playMoney: number;
  /** Requests that a plan paid for: their cost is what they would have been at list prices. */
  subscription: number;
}

/** What daily totals alone tell. They do not know what was play money, or of a subscription. */
interface FoldedSum {
  readonly from: Day;
  readonly to: Day;
  readonly totals: Totals;
}

export interface Sums {
  /** By name; null is for requests that have none. Beyond 10,000 names, the rest is `(other)`. */
  readonly groups: ReadonlyMap<string | null, Sum>;
  readonly total: Sum;
  /** What only daily totals tell of any more; null where all is told by records. */
  readonly folded: FoldedSum | null;
  /** Whether it is in the groups: daily totals know nothing of sessions, agents and keys. In the total it always is. */
  readonly isFoldedInGroups: boolean;
}

export interface SumOptions {
  /** Unix milliseconds: requests that began earlier are left out. */
  readonly since: number;
  readonly by: Grouping;
  readonly files?: FileSystem;
}

const maxNames = 10_000;
const other = '(other)';
const startLine = Buffer.from('"type":"start"');
/** The type of a line stands within these. */
const lineHeadBytes = 64;

/**
 * What the requests of a data directory came to, also of one that is being written. A request whose records retention
 * has removed is taken from the totals of its day, if all of the day is asked for. Throws system errors with a `code`.
 */
export async function sumLedger(directory: string, options: SumOptions): Promise<Sums> {
  const { since, by, files = systemFiles } = options;
  // Before the segments: what is removed in between is then still in them.
  const saved = await loadSavedTotals(directory, files);
  const summing = new Summing(by);
  // Two later runs may both have recorded the end of a request of a run that crashed.
  const [added, taken] = [new Set<string>(), new Set<string>()];
  const take = (change: Change, runKey: string): void => {
    const { crash } = change;
    if (crash === null || !added.has(crash)) summing.add(change);
    const mayTake = crash === null || !taken.has(crash);
    const isTaken = mayTake && saved !== null && saved.takeAway(runKey, change);
    if (crash === null) return;
    added.add(crash);
    if (isTaken) taken.add(crash);
  };
  for (const segment of await readableSegments(directory, { since, files })) {
    for await (const lines of linesOf(segment, 'oldest first', files)) {
      for (const bytes of lines) {
        const line = bytes.subarray(0, lineHeadBytes).includes(startLine) ? null : readLine(bytes);
        if (line) for (const change of changesOf(line, since)) take(change, segment.runKey);
      }
    }
  }
  return summing.sums(saved?.left(since) ?? []);
}

interface Change {
  readonly seq: number;
  readonly request: JsonObject;
  readonly contribution: Contribution;
  readonly sign: 1 | -1;
  /** The id of a request that a run which crashed had not ended; else null. */
  readonly crash: string | null;
}

/** What a line changes in sums. */
function changesOf({ seq, type, members }: Line, since: number): Change[] {
  if (type !== 'end' && type !== 'correction') return [];
  const change = (told: unknown, sign: 1 | -1): Change[] => {
    const contribution = isObject(told) ? contributionFrom(told) : null;
    const request = isObject(told) ? told['request'] : null;
    if (!contribution || contribution.time < since || !isObject(request)) return [];
    const crash = typeof members['of'] === 'string' ? String(request['id']) : null;
    return [{ seq, request, contribution, sign, crash }];
  };
  return [...(type === 'correction' ? change(members['was'], -1) : []), ...change(members, 1)];
}

class Summing {
  readonly #by: Grouping;
  readonly #groups = new Map<string | null, Sum>();
  readonly #total = emptySum();
  readonly #dayOf = createCalendar();

  constructor(by: Grouping) {
    this.#by = by;
  }

  add({ request, contribution, sign }: Change): void {
    const name = this.#by === 'day' ? this.#dayOf(contribution.time) : request[this.#by];
    const { isDemo } = contribution;
    for (const sum of [this.#groupOf(typeof name === 'string' ? name : null), this.#total]) {
      count(sum, contribution, { sign, money: !isDemo });
      if (isDemo) sum.playMoney += sign;
      if (request['exactness'] === 'subscription' && !isDemo) sum.subscription += sign;
    }
  }

  sums(rows: readonly FoldedRow[]): Sums {
    const by = this.#by;
    const isFoldedInGroups = isOfDays(by);
    for (const row of rows) {
      merge(this.#total, row.totals);
      if (isOfDays(by)) merge(this.#groupOf(row[by]), row.totals);
    }
    const groups = new Map([...this.#groups].filter(([, sum]) => sum.requests !== 0 || sum.picodollars !== 0n));
    return { groups, total: this.#total, folded: foldedOf(rows), isFoldedInGroups };
  }

  #groupOf(name: string | null): Sum {
    const known = this.#groups.get(name);
    if (known) return known;
    if (this.#groups.size >= maxNames && name !== other) return this.#groupOf(other);
    const sum = emptySum();
    this.#groups.set(name, sum);
    return sum;
  }
}

function emptySum(): Sum {
  return { ...emptyTotals(), playMoney: 0, subscription: 0 };
}

function isOfDays(by: Grouping): by is 'day' | 'model' | 'provider' | 'project' {
  return by === 'day' || by === 'model' || by === 'provider' || by === 'project';
}

function foldedOf(rows: readonly FoldedRow[]): FoldedSum | null {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return null;
  const totals = emptyTotals();
  for (const row of rows) merge(totals, row.totals);
  return { from: first.day, to: last.day, totals };
}
