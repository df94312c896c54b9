import type { BudgetRule, BudgetWindow } from '../quota.ts';
import type { Adjustment, Charge, Spending } from '../spending.ts';
import type { Account } from './account.ts';
import { Book } from './book.ts';

/** Budgets stand in the configuration and in access keys; those that are gone keep their accounts for a while. */
const maxBooks = 1024;

/** Is told of an account that more was charged to. */
type Charged = (book: Book, account: Account) => void;

/**
 * All accounts. What is spent changes only through the ledger, of this run and of others: so what it says again after a
 * restart is what was counted before. What is reserved is of this process alone.
 */
export class Accounts implements Spending {
  readonly #books = new Map<string, Book>();
  readonly #wall: () => number;
  charged: Charged = () => undefined;

  /** @param wall Unix milliseconds */
  constructor(wall: () => number) {
    this.#wall = wall;
  }

  get books(): Iterable<Book> {
    return this.#books.values();
  }

  find(id: string): Book | undefined {
    return this.#books.get(id);
  }

  book(id: string): Book {
    let book = this.#books.get(id);
    if (!book) {
      if (this.#books.size >= maxBooks) this.#forgetOne();
      this.#books.set(id, (book = new Book(id)));
    }
    return book;
  }

  /** One that no configuration names any more. */
  #forgetOne(): void {
    for (const [id, { rule }] of this.#books) {
      if (rule !== null) continue;
      this.#books.delete(id);
      return;
    }
  }

  charge(charges: readonly Charge[], sign: 1 | -1): void {
    for (const { account: id, subject, window, amount } of charges) {
      const book = this.book(id);
      const account = book.open(subject, window, this.#wall());
      // A window that is over is not opened again: what comes late for it counts nowhere.
      if (account.window !== window) continue;
      account.add(sign * amount);
      this.charged(book, account);
    }
  }

  adjust({ account: id, subject, window, spent, granted, isReset }: Adjustment): void {
    const book = this.book(id);
    const due = subject === null ? [...book.accounts] : [book.open(subject, window, this.#wall())];
    for (const account of due) {
      if (isReset) account.begin(window);
      else account.enter(window);
      if (account.window !== window) continue;
      account.add(spent);
      account.grant(granted);
      account.warnedPercent = 0;
    }
  }

  json(): object[] {
    return [...this.#books.values()].map((book) => ({ account: book.id, subjects: book.json() }));
  }

  load(json: unknown): boolean {
    if (!Array.isArray(json)) return false;
    const loaded = (json as unknown[]).slice(-maxBooks).map((saved) => Book.from(saved));
    if (loaded.some((book) => book === null)) return false;
    for (const book of loaded) this.#books.set(book!.id, book!);
    return true;
  }
}

/** What a budget's accounts are kept under: whatever changes the meaning of their amounts makes other accounts. */
export function accountId({ name, per, unit, window }: BudgetRule, isOfKey: boolean): string {
  return `${name} ${isOfKey ? 'access-key' : per} ${unit} ${window satisfies BudgetWindow}`;
}
