import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome, written } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import { type FileSystem, systemFiles } from '../file-system.ts';
import { createLedgerReader } from './index.ts';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

const { time } = requestRecord();

async function idsOf(since?: number, files?: FileSystem): Promise<unknown[]> {
  const ids = [];
  const options = { order: 'newest first' as const, ...(since !== undefined && { since }) };
  for await (const { request } of createLedgerReader(home.directory, files).records(options)) ids.push(request['id']);
  return ids;
}

describe('reading newest first', () => {
  it('takes runs that wrote at the same time as one', async () => {
    const isAlive = (): boolean => true;
    const [one, other] = [await home.open({ isAlive }), await home.open({ isAlive })];
    for (const [index, ledger] of [one, other, one, other].entries()) {
      ledger.ended(requestRecord({ id: `tp_${index}`, time: time + index * 1000 }));
    }
    await Promise.all([one.close(), other.close()]);
    expect(await idsOf()).toEqual(['tp_3', 'tp_2', 'tp_1', 'tp_0']);
    expect(await createLedgerReader(home.directory).newest()).toMatchObject({ request: { id: 'tp_3' } });
  });

  it('reads no further than it has to', async () => {
    const ledger = await home.open();
    const count = 3000;
    for (let index = 0; index < count; index++) {
      ledger.ended(requestRecord({ id: `tp_${index}`, time: time + index * 60_000 }));
      if (index % 500 === 0) await written(ledger);
    }
    await ledger.close();
    let bytesRead = 0;
    const files: FileSystem = {
      ...systemFiles,
      async read(...asked) {
        const bytes = await systemFiles.read(...asked);
        bytesRead += bytes;
        return bytes;
      },
    };
    expect(await idsOf(time + (count - 5) * 60_000, files)).toEqual(
      [1, 2, 3, 4, 5].map((back) => `tp_${count - back}`),
    );
    expect(bytesRead).toBeLessThan(600_000);
    expect(await idsOf()).toHaveLength(count);
  });

  it('finds nothing where there is no ledger', async () => {
    expect(await idsOf()).toEqual([]);
    expect(await createLedgerReader(home.directory).find('tp_1')).toBeNull();
  });
});
