import { namesJson } from '../spending.ts';

/** What one subject of a budget has spent in one window. Amounts are picodollars or tokens, whole. */
export class Account {
  readonly subject: string;
  window: string;
  spent = 0;
  /** What may be spent once on top, in this window. */
  granted = 0;
  /** Held for requests on their way. */
  reserved = 0;
  /** Goes up when a window ends: what was held in it is held no more. */
  epoch = 0;
  /** The share in percent that was warned of in this window. */
  warnedPercent = 0;
  /** Unix milliseconds. */
  usedAt: number;
  readonly #book: string;
  #names: string | null = null;

  /** @param book the id of the budget's accounts */
  constructor(book: string, subject: string, window: string, usedAt: number) {
    this.#book = book;
    this.subject = subject;
    this.window = window;
    this.usedAt = usedAt;
  }

  /** As `BudgetFacts` has them. */
  get names(): string {
    return (this.#names ??= namesJson(this.#book, this.subject, this.window));
  }

  /** Begins a later window; an earlier one never comes back, whatever the clock says. */
  enter(window: string): void {
    if (window > this.window) this.begin(window);
  }

  begin(window: string): void {
    if (window !== this.window) {
      this.reserved = 0;
      this.epoch++;
    }
    this.window = window;
    this.#names = null;
    this.spent = this.granted = this.warnedPercent = 0;
  }

  /** Below 0 where more was spent than there was. */
  left(limit: number): number {
    return limit + this.granted - this.spent - this.reserved;
  }

  /** In percent of what may be spent. */
  usedPercent(limit: number): number {
    return (100 * this.spent) / (limit + this.granted);
  }

  /** What may be spent on top. */
  grant(amount: number): void {
    this.granted = bounded(this.granted + amount);
  }

  add(amount: number): void {
    this.spent = bounded(this.spent + amount);
  }
}

/** Beyond this nothing is counted exactly, nor any budget possible. */
function bounded(amount: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(-Number.MAX_SAFE_INTEGER, amount));
}
