import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome } from '../../../test/support/ledger-home.ts';
import { inspectLedger } from './index.ts';
import { formatLine } from './line.ts';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

const whole = (seq: number): string => formatLine(seq, 'start', `"n":${seq}`);
const options = { maxBytes: 1e9, signal: new AbortController().signal };

function leave(name: string, content: string): string {
  mkdirSync(home.directory, { recursive: true, mode: 0o700 });
  const file = join(home.directory, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

describe('looking through a ledger', () => {
  it('finds nothing wrong where nothing is', async () => {
    expect(await inspectLedger(home.directory, options)).toEqual({ segments: 0, lines: 0, damage: [], unread: 0 });
    leave('ledger-1-999.jsonl', whole(0) + whole(1));
    leave('ledger-2-998.jsonl', '');
    leave('ledger-totals.json', 'not a segment');
    expect(await inspectLedger(home.directory, options)).toEqual({ segments: 2, lines: 2, damage: [], unread: 0 });
  });

  it.each([
    ['without its line feed', whole(2).slice(0, -1)],
    ['cut short', whole(2).slice(0, 10)],
    ['of zeros, as after a power cut', '\0'.repeat(300)],
    ['of zeros with a line feed', `${'\0'.repeat(300)}\n`],
    ['longer than any record', 'x'.repeat(100_000)],
  ])('tells a torn end from damage: %s', async (_, end) => {
    const file = leave('ledger-1-999.jsonl', whole(0) + whole(1) + end);
    const { damage } = await inspectLedger(home.directory, options);
    expect(damage).toEqual([{ file, pid: 999, damagedLines: [], isTorn: true }]);
  });

  it('names each damaged line that whole ones follow', async () => {
    const lines = Array.from({ length: 12 }, (_, seq) => whole(seq));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(10), { maxLength: 5 }), async (spoiled) => {
        const content = lines.map((line, index) => (spoiled.includes(index) ? line.replace('"n":', '"m":') : line));
        const file = leave('ledger-1-999.jsonl', content.join(''));
        const { damage, lines: count } = await inspectLedger(home.directory, options);
        const damagedLines = spoiled.map((index) => index + 1).sort((a, b) => a - b);
        expect(count).toBe(12);
        expect(damage).toEqual(spoiled.length === 0 ? [] : [{ file, pid: 999, damagedLines, isTorn: false }]);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves every mode as it is', async () => {
    const file = leave('ledger-1-999.jsonl', whole(0));
    chmodSync(file, 0o644);
    chmodSync(home.directory, 0o755);
    await inspectLedger(home.directory, options);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(statSync(home.directory).mode & 0o777).toBe(0o755);
  });

  it('leaves the oldest out when it has read enough, or is told to end', async () => {
    leave('ledger-1-999.jsonl', 'damaged\n');
    leave('ledger-2-998.jsonl', whole(0));
    const enough = { ...options, maxBytes: 10 };
    expect(await inspectLedger(home.directory, enough)).toEqual({ segments: 2, lines: 1, damage: [], unread: 1 });
    const ended = { ...options, signal: AbortSignal.abort() };
    expect(await inspectLedger(home.directory, ended)).toEqual({ segments: 2, lines: 0, damage: [], unread: 2 });
  });
});
