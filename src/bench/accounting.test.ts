import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountingFault, countEndRecords, requestsInLedger } from './accounting.ts';

const lines = ['{"seq":1,"type":"start"}', '{"seq":2,"type":"end"}', '{"seq":3,"type":"end","model":"start"}'];

describe('the accounting', () => {
  it('counts the ends in a ledger, not its starts nor a torn line', () => {
    expect(countEndRecords(`${lines.join('\n')}\n{"seq":4,"type":"end`)).toBe(2);
  });

  it('counts all segments of a home', () => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-accounting-'));
    try {
      mkdirSync(path.join(home, 'data', 'ledger'), { recursive: true });
      writeFileSync(path.join(home, 'data', 'ledger', 'a.jsonl'), lines.join('\n'));
      writeFileSync(path.join(home, 'data', 'ledger', 'b.jsonl'), lines.join('\n'));
      writeFileSync(path.join(home, 'data', 'checkpoint.json'), lines.join('\n'));
      expect(requestsInLedger(home)).toBe(4);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('finds no fault when all requests were counted by both', () => {
    expect(accountingFault({ sent: 5, stats: 5, ledger: 5 })).toBeNull();
  });

  it('finds a fault in one request that is missing, or was counted twice', () => {
    expect(accountingFault({ sent: 5, stats: 4, ledger: 5 })).toBe(
      '5 requests were sent; /stats has counted 4, the ledger 5',
    );
    expect(accountingFault({ sent: 5, stats: 5, ledger: 6 })).not.toBeNull();
  });
});
