import { describe, expect, it } from 'vitest';
import { Book } from './book.ts';

const limit = 10_000;
const fill = (book: Book, window: string): void => {
  for (let index = 0; index < limit; index++) book.open(`s${index}`, window, index);
};

describe('the accounts of a budget', () => {
  it('of sessions make room by forgetting who has been idle longest, and never who holds something', () => {
    const book = new Book('b');
    fill(book, '');
    book.open('s0', '', limit).reserved = 5;
    book.open('s2', '', limit).spent = 7;
    book.open('s1', '', 1).reserved = 1;
    book.open('new', '', limit);
    expect(book.find('s3')).toBeUndefined();
    expect([book.find('s0')?.reserved, book.find('s1')?.reserved, book.find('s2')?.spent]).toEqual([5, 1, 7]);
    expect([...book.accounts]).toHaveLength(limit);
  });

  it('of a day are never given up for another: who comes too late shares one', () => {
    const book = new Book('b');
    fill(book, '2026-11-26');
    const late = book.open('late', '2026-11-26', 1);
    expect(late.subject).toBe('other');
    expect(book.open('later', '2026-11-26', 1)).toBe(late);
    expect(book.open('morning', '2026-11-27', 1).subject).toBe('morning');
  });

  it('never go back to a window that is over', () => {
    const book = new Book('b');
    book.open('all', '2026-11-26', 1).spent = 5;
    expect(book.open('all', '2026-11-25', 1)).toMatchObject({ window: '2026-11-26', spent: 5 });
    expect(book.open('all', '2026-11-27', 1)).toMatchObject({ window: '2026-11-27', spent: 0 });
  });

  it('of a session are forgotten after a day without use', () => {
    const book = new Book('b');
    book.open('s', '', 0).spent = 5;
    expect(book.open('s', '', 86_400_000).spent).toBe(5);
    expect(book.open('s', '', 2 * 86_400_000 + 1).spent).toBe(0);
  });

  it('are read back as they were saved, and not at all where they are damaged', () => {
    const book = new Book('b');
    book.open('all', '2026-11-26', 9).spent = 5;
    const saved = { account: 'b', subjects: JSON.parse(JSON.stringify(book.json())) as unknown[] };
    expect(Book.from(saved)?.json()).toEqual(book.json());
    expect(Book.from({ ...saved, subjects: [['all', '2026-11-26', 'much', 0, 9]] })).toBeNull();
    expect(Book.from({ account: 'b' })).toBeNull();
  });
});
