import { isObject } from '../json.ts';
import type { Contribution } from './contribution.ts';
import { type Day, createCalendar } from '../local-day.ts';
import { type Totals, type TotalsJson, count, emptyTotals, merge, totalsFrom, totalsJson } from './totals.ts';

/** Names are chosen by clients: beyond this many combinations a day the rest is counted together. */
const maxRowsPerDay = 256;
const maxDays = 750;
const other = '(other)';
const dayPattern = /^\d{4,6}-\d\d-\d\d$/;

interface Names {
  readonly model: string | null;
  readonly provider: string | null;
  readonly project: string | null;
}
interface Row extends Names {
  readonly totals: Totals;
}
type Rows = Map<string, Row>;

type RowJson = Names & TotalsJson;
/** What one day came to, by model, provider and project. */
export interface DayJson {
  readonly day: Day;
  readonly rows: readonly RowJson[];
}

/** Totals by day, model, provider and project. */
export class DayBook {
  readonly #countsDemoMoney: boolean;
  readonly #dayOf = createCalendar();
  readonly #rendered = new Map<Day, DayJson>();
  #rowsByDay = new Map<Day, Rows>();

  /**
   * @param countsDemoMoney whether play money counts as money: in a home that is all play
   */
  constructor(countsDemoMoney: boolean) {
    this.#countsDemoMoney = countsDemoMoney;
  }

  /** Adds what a request came to, or takes it away again. */
  add(contribution: Contribution, sign: 1 | -1): void {
    const day = this.#dayOf(contribution.time);
    this.#rendered.delete(day);
    const money = this.#countsDemoMoney || !contribution.isDemo;
    count(rowFor(this.#rowsOf(day), contribution).totals, contribution, { sign, money });
  }

  #rowsOf(day: Day): Rows {
    let rows = this.#rowsByDay.get(day);
    if (!rows) {
      this.#rowsByDay.set(day, (rows = new Map()));
      if (this.#rowsByDay.size > maxDays) this.#forgetOldest();
    }
    return rows;
  }

  #forgetOldest(): void {
    const oldest = [...this.#rowsByDay.keys()].sort()[0]!;
    this.#rowsByDay.delete(oldest);
    this.#rendered.delete(oldest);
  }

  totalsOf(day: Day): TotalsJson {
    const sum = emptyTotals();
    for (const { totals } of this.#rowsByDay.get(day)?.values() ?? []) merge(sum, totals);
    return totalsJson(sum);
  }

  /** All days, oldest first. A day that did not change is the same object as the last time. */
  days(): DayJson[] {
    return [...this.#rowsByDay.keys()].sort().map((day) => {
      const json = this.#rendered.get(day) ?? { day, rows: [...this.#rowsByDay.get(day)!.values()].map(rowJson) };
      this.#rendered.set(day, json);
      return json;
    });
  }

  /** Takes in what an earlier run counted; false, and nothing taken, where it is damaged. */
  load(days: unknown): boolean {
    const loaded = rowsByDayFrom(days);
    if (loaded) this.#rowsByDay = loaded;
    return loaded !== null;
  }
}

function rowFor(rows: Rows, names: Names): Row {
  const key = keyOf(names);
  const known = rows.get(key);
  if (known) return known;
  if (rows.size >= maxRowsPerDay && names.model !== other) {
    return rowFor(rows, { model: other, provider: other, project: other });
  }
  const { model, provider, project } = names;
  const row = { model, provider, project, totals: emptyTotals() };
  rows.set(key, row);
  return row;
}

function keyOf({ model, provider, project }: Names): string {
  return `${model}\n${provider}\n${project}`;
}

function rowJson({ model, provider, project, totals }: Row): RowJson {
  return { model, provider, project, ...totalsJson(totals) };
}

function rowsByDayFrom(days: unknown): Map<Day, Rows> | null {
  if (!Array.isArray(days)) return null;
  const loaded = new Map<Day, Rows>();
  for (const json of days.slice(-maxDays) as unknown[]) {
    if (!isObject(json)) return null;
    const { day } = json;
    const rows = rowsFrom(json['rows']);
    if (typeof day !== 'string' || !dayPattern.test(day) || !rows) return null;
    loaded.set(day, rows);
  }
  return loaded;
}

function rowsFrom(json: unknown): Rows | null {
  if (!Array.isArray(json)) return null;
  const rows: Rows = new Map();
  for (const row of json as unknown[]) {
    const totals = totalsFrom(row);
    if (!totals || !isObject(row)) return null;
    const { model, provider, project } = row;
    if (!isName(model) || !isName(provider) || !isName(project)) return null;
    rows.set(keyOf({ model, provider, project }), { model, provider, project, totals });
  }
  return rows;
}

function isName(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
