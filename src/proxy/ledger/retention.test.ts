import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome, written } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { LedgerSettings } from './index.ts';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

/** A run of so many requests. Gives the name of its segment, dated so many days back. */
async function run(requests: number, daysAgo: number, settings: Partial<LedgerSettings> = {}): Promise<string> {
  home.clock.advance(1000);
  const before = new Set(home.names('.jsonl'));
  const ledger = await home.open(settings);
  for (let request = 0; request < requests; request++) ledger.ended(requestRecord({ id: `tp_${request}` }));
  await ledger.close();
  const name = home.names('.jsonl').find((other) => !before.has(other))!;
  date(name, daysAgo);
  return name;
}

function date(name: string, daysAgo: number): void {
  const seconds = home.clock.wall() / 1000 - daysAgo * 24 * 60 * 60;
  utimesSync(join(home.directory, name), seconds, seconds);
}

const small = (segments: number): Partial<LedgerSettings> => {
  const { size } = statSync(join(home.directory, home.names('.jsonl')[0]!));
  return { limits: { retentionDays: 90, retentionBytes: size * segments + 1 } };
};

describe('segments', () => {
  it('go when they are too old, and stay in the totals', async () => {
    const old = await run(2, 91);
    const young = await run(2, 89);
    const now = await run(1, 0);
    expect(home.names('.jsonl')).toEqual([young, now].sort());
    expect(home.names('.jsonl')).not.toContain(old);
    const ledger = await home.open();
    expect(ledger.today().requests).toBe(5);
    await ledger.close();
  });

  it('go, the oldest first, when they are too large together', async () => {
    await run(2, 3);
    const second = await run(2, 2);
    const third = await run(2, 1);
    const fourth = await run(2, 0, small(3));
    expect(home.names('.jsonl')).toEqual([second, third, fourth].sort());
  });

  it('stay while another process shares the directory', async () => {
    const old = await run(2, 91, { limits: { retentionDays: 365, retentionBytes: 1024 ** 3 } });
    const other = await home.open();
    other.ended(requestRecord());
    await written(other);
    await run(2, 0, { ...small(0), isAlive: () => true });
    expect(home.names('.jsonl')).toHaveLength(3);
    await other.close();
    await run(1, 0);
    expect(home.names('.jsonl')).not.toContain(old);
  });

  it('stay while the totals cannot be saved', async () => {
    await run(2, 91);
    const checkpoint = join(home.directory, 'ledger-totals.json');
    writeFileSync(checkpoint, '{"version":2}');
    await run(2, 0, small(0));
    expect(home.names('.jsonl')).toHaveLength(2);
  });

  it('take what was cut off their ends with them when that is too old', async () => {
    const name = await run(1, 91);
    writeFileSync(join(home.directory, `${name}.torn`), 'x');
    date(`${name}.torn`, 91);
    await run(1, 0);
    expect(home.names('.torn')).toEqual([]);
  });
});
