import path from 'node:path';
import { openLedger } from '../../src/proxy/ledger/index.ts';
import { systemClock } from '../../src/proxy/clock.ts';
import type { RequestRecord } from '../../src/proxy/record.ts';
import { requestRecord } from './request-record.ts';

/**
 * Writes finished requests to the ledger of a home, as a proxy that has ended by now would have.
 *
 * @param corrections of requests that were first estimated
 */
export async function ledgerIn(
  home: string,
  records: readonly Partial<RequestRecord>[],
  corrections: readonly Partial<RequestRecord>[] = [],
): Promise<void> {
  const ledger = await openLedger({
    directory: path.join(home, 'data'),
    limits: { retentionDays: 90, retentionBytes: 1024 * 1024 * 1024 },
    demo: false,
    clock: systemClock,
    warn: () => undefined,
  });
  for (const record of records) ledger.ended(requestRecord(record));
  for (const record of corrections) {
    const earlier = records.find(({ id }) => id === record.id);
    ledger.corrected(requestRecord(record), requestRecord({ ...earlier, exactness: 'estimated' }));
  }
  await ledger.close();
}
