import { detached } from '../detached.ts';
import { isObject } from '../json.ts';
import type { BudgetRule } from '../quota.ts';
import { isAmount } from '../spending.ts';
import { Account } from './account.ts';

/** Subjects are named by clients: so many have an account of their own. */
const maxSubjects = 10_000;
/** An account that no date ends is forgotten when it has not been used for so long. */
const idleMs = 24 * 60 * 60 * 1000;
/** Who came when all accounts of a window were taken shares this one. */
const sharedSubject = 'other';

/** An account as it is saved. */
type AccountJson = readonly [subject: string, window: string, spent: number, granted: number, usedAt: number];

/** The accounts of one budget, by subject. */
export class Book {
  /** What the ledger knows it by. */
  readonly id: string;
  /** The budget as it is configured now; null where it is no more. */
  rule: BudgetRule | null = null;
  /** Since the start. */
  refused = 0;
  /** Of a soft or shadow budget: what a hard one would have refused. */
  wouldRefuse = 0;
  /** Requests that came to more than was held for them. */
  overshot = 0;
  readonly #accounts = new Map<string, Account>();
  /** In this window there is no room for another subject. */
  #fullIn: string | null = null;

  constructor(id: string) {
    this.id = id;
  }

  get accounts(): Iterable<Account> {
    return this.#accounts.values();
  }

  find(subject: string): Account | undefined {
    return this.#accounts.get(subject);
  }

  /** The account of a subject, in this window or a later one. @param wallMs Unix milliseconds */
  open(subject: string, window: string, wallMs: number): Account {
    const known = this.#accounts.get(subject);
    if (!known) return this.#openNew(subject, window, wallMs);
    if (window === '') this.#touch(known, wallMs);
    else known.enter(window);
    known.usedAt = wallMs;
    return known;
  }

  #openNew(subject: string, window: string, wallMs: number): Account {
    const hasRoom = this.#accounts.size < maxSubjects || this.#makeRoom(window);
    if (!hasRoom && subject !== sharedSubject) return this.open(sharedSubject, window, wallMs);
    const account = new Account(this.id, detached(subject), window, wallMs);
    this.#accounts.set(account.subject, account);
    return account;
  }

  /** Keeps them in the order of their last use. */
  #touch(account: Account, wallMs: number): void {
    if (account.reserved === 0 && wallMs - account.usedAt > idleMs) account.begin('');
    this.#accounts.delete(account.subject);
    this.#accounts.set(account.subject, account);
  }

  /** What is held for a request on its way is never forgotten. */
  #makeRoom(window: string): boolean {
    if (window !== '' && window === this.#fullIn) return false;
    for (const [subject, account] of this.#accounts) {
      if (account.reserved > 0 || (window !== '' && account.window >= window)) continue;
      this.#accounts.delete(subject);
      if (window === '') return true;
    }
    const hasRoom = this.#accounts.size < maxSubjects;
    this.#fullIn = hasRoom ? null : window;
    return hasRoom;
  }

  json(): AccountJson[] {
    return [...this.#accounts.values()].map(({ subject, window, spent, granted, usedAt }) => [
      subject,
      window,
      spent,
      granted,
      usedAt,
    ]);
  }

  static from(saved: unknown): Book | null {
    if (!isObject(saved) || typeof saved['account'] !== 'string' || !Array.isArray(saved['subjects'])) return null;
    const book = new Book(saved['account']);
    for (const entry of (saved['subjects'] as unknown[]).slice(-maxSubjects)) {
      const account = accountFrom(book.id, entry);
      if (!account) return null;
      book.#accounts.set(account.subject, account);
    }
    return book;
  }
}

function accountFrom(book: string, entry: unknown): Account | null {
  const [subject, window, spent, granted, usedAt] = Array.isArray(entry) ? (entry as unknown[]) : [];
  if (typeof subject !== 'string' || typeof window !== 'string' || !Number.isSafeInteger(spent)) return null;
  if (!isAmount(granted) || typeof usedAt !== 'number') return null;
  const account = new Account(book, subject, window, usedAt);
  account.spent = spent as number;
  account.granted = granted;
  return account;
}
