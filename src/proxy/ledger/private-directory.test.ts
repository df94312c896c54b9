import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import { systemFiles } from '../file-system.ts';
import { DataDirectoryError } from './index.ts';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

describe('the data directory', () => {
  it('is refused when it is a file', async () => {
    writeFileSync(home.directory, 'mine');
    await expect(home.open()).rejects.toThrow(DataDirectoryError);
  });

  it('is refused when it would be below a file', async () => {
    writeFileSync(home.directory, 'mine');
    await expect(home.open({ directory: `${home.directory}/below` })).rejects.toThrow(DataDirectoryError);
  });

  it('is refused when it is a symbolic link, and what it points to is not touched', async () => {
    const target = `${home.directory}-target`;
    mkdirSync(target, { mode: 0o755 });
    symlinkSync(target, home.directory);
    await expect(home.open()).rejects.toThrow(/symbolic link/);
    expect(statSync(target).mode & 0o777).toBe(0o755);
  });

  it("is refused when it is another user's, with what to do about it", async () => {
    mkdirSync(home.directory);
    const files = {
      ...systemFiles,
      statusOf: async (path: string) => ({ ...(await systemFiles.statusOf(path)), uid: 12_345 }),
    };
    await expect(home.open({ files })).rejects.toThrow(/belongs to user 12345.*chown/);
  });

  it('is made with all that leads to it, and closed to others', async () => {
    const directory = `${home.directory}/deeply/inside`;
    const ledger = await home.open({ directory });
    await ledger.close();
    for (let path = directory; path !== dirname(home.directory); path = dirname(path)) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
  });

  it('that cannot be made costs nothing but the record: requests are counted in memory', async () => {
    const refused = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' }));
    const ledger = await home.open({ files: { ...systemFiles, makeDirectory: refused } });
    let called = false;
    ledger.started(requestRecord({ outcome: null }));
    ledger.ended(requestRecord());
    ledger.written(() => (called = true));
    expect(called).toBe(true);
    expect(ledger.today().requests).toBe(1);
    expect(ledger.health()).toMatchObject({ state: 'degraded', reason: 'EROFS: read-only file system' });
    expect(home.warnings).toHaveLength(1);
    await ledger.close();
    expect(ledger.health().dropped).toBe(2);
  });

  it.skipIf(process.getuid?.() === 0)('that may not be written costs nothing but the record', async () => {
    mkdirSync(home.directory, { mode: 0o700 });
    chmodSync(dirname(home.directory), 0o500);
    const ledger = await home.open({ directory: `${home.directory}-none` });
    expect(ledger.health().state).toBe('degraded');
    await ledger.close();
  });
});
