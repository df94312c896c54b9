import { readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerHome, ledgerHome } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import { systemFiles } from '../file-system.ts';
import { readLine } from './line.ts';

const name = 'ledger-totals.json';

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

const path = (): string => join(home.directory, name);

/** A run of so many requests that ended properly. */
async function run(requests: number): Promise<void> {
  const ledger = await home.open();
  for (let request = 0; request < requests; request++) ledger.ended(requestRecord({ id: `tp_${request}` }));
  await ledger.close();
}

async function requestsToday(): Promise<number> {
  const ledger = await home.open();
  const { requests } = ledger.today();
  await ledger.close();
  return requests;
}

describe('the checkpoint', () => {
  it('makes the segments before it superfluous', async () => {
    await run(3);
    for (const segment of home.names('.jsonl')) home.forget(segment);
    expect(await requestsToday()).toBe(3);
  });

  it('holds the totals as JSON, with the time zone of its days', async () => {
    await run(1);
    expect(JSON.parse(home.read(name))).toMatchObject({
      version: 1,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      days: [{ rows: [{ model: 'claude-sonnet-4-6', requests: 1, cost_picodollars: '3000000000' }] }],
    });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  const valid = (): Record<string, unknown> => JSON.parse(home.read(name)) as Record<string, unknown>;
  const damages: Record<string, () => string> = {
    'is empty': () => '',
    'is cut': () => home.read(name).slice(0, -20),
    'is garbage': () => '\0\u0001binary',
    'is null': () => '[]',
    'has a day that is none': () => JSON.stringify({ ...valid(), days: [{ day: 'today', rows: [] }] }),
    'has a wrong type': () => JSON.stringify({ ...valid(), days: [{ day: '2026-01-01', rows: [{ requests: '1' }] }] }),
    'has a damaged open request': () =>
      JSON.stringify({
        ...valid(),
        runs: [{ run: '1-2', seq: 0, index: 0, offset: 0, settled: false, open: ['{"v":1}'] }],
      }),
    'has no version': () => JSON.stringify({ ...valid(), version: undefined }),
  };

  it.each(Object.keys(damages))('is kept aside and counted afresh when it %s', async (damage) => {
    await run(3);
    const content = damages[damage]!();
    writeFileSync(path(), content);
    expect(await requestsToday()).toBe(3);
    const [aside] = home.names('.corrupt-');
    expect(home.read(aside!)).toBe(content);
    expect(home.warnings.filter((warning) => warning.includes('kept as'))).toHaveLength(1);
    expect(valid()['version']).toBe(1);
  });

  it('is kept aside unread when it is beyond all measure', async () => {
    await run(2);
    truncateSync(path(), 200 * 1024 * 1024);
    expect(await requestsToday()).toBe(2);
    expect(home.names('.corrupt-')).toHaveLength(1);
  });

  it('of a newer version is neither understood nor overwritten', async () => {
    await run(2);
    const newer = JSON.stringify({ ...valid(), version: 2 });
    writeFileSync(path(), newer);
    await run(1);
    expect(await requestsToday()).toBe(3);
    expect(home.read(name)).toBe(newer);
    expect(home.names('.corrupt-')).toEqual([]);
  });

  it('is not read through a symbolic link, nor written', async () => {
    await run(2);
    const content = home.read(name);
    home.forget(name);
    writeFileSync(join(home.directory, 'elsewhere'), content);
    symlinkSync(join(home.directory, 'elsewhere'), path());
    await run(1);
    expect(home.read('elsewhere')).toBe(content);
  });

  it('does away with what a killed run left half written', async () => {
    await run(1);
    writeFileSync(join(home.directory, `${name}.abc-12.tmp`), '{');
    await run(1);
    expect(home.names('.tmp')).toEqual([]);
  });

  it('counts each record once, whatever the moment at which it was saved', async () => {
    const ledger = await home.open();
    const content = (): string | null => (home.names().includes(name) ? home.read(name) : null);
    const saved: (string | null)[] = [null];
    const records = Array.from({ length: 30 }, (_, n) => requestRecord({ id: `tp_${n}`, outcome: null }));
    for (const [request, record] of records.entries()) {
      ledger.started(record);
      const before = records[request - 1];
      if (before) {
        before.outcome = 'ok';
        ledger.ended(before);
      }
      while (content() === saved.at(-1)) {
        home.clock.advance(5000);
        await new Promise(setImmediate);
      }
      saved.push(content());
    }
    const segments = home.names('.jsonl').map((segment) => [segment, home.read(segment)] as const);
    await ledger.close();

    for (const checkpoint of saved) {
      for (const other of home.names()) home.forget(other);
      for (const [segment, content] of segments) writeFileSync(join(home.directory, segment), content);
      if (checkpoint !== null) writeFileSync(path(), checkpoint);
      const again = await home.open();
      // The last of the thirty never ended.
      expect(again.today()).toMatchObject({ requests: 30, errors: 1, unpriced: 1 });
      await again.close();
    }
  });

  it('holds the requests that are on their way as they are then, and none that ended', async () => {
    const ledger = await home.open();
    const records = Array.from({ length: 5 }, (_, n) => requestRecord({ id: `tp_${n}`, outcome: null }));
    for (const record of records) ledger.started(record);
    for (const record of [records[1]!, records[4]!]) {
      record.outcome = 'ok';
      ledger.ended(record);
    }
    records[0]!.model = 'known by now';
    await ledger.close();
    const { runs } = JSON.parse(home.read(name)) as { runs: { settled: boolean; open: string[] }[] };
    expect(runs).toHaveLength(1);
    expect(runs[0]!.settled).toBe(false);
    const open = runs[0]!.open.map((line) => readLine(Buffer.from(line))!.members);
    expect(Object.fromEntries(open.map(({ id, model }) => [id, model]))).toEqual({
      tp_0: 'known by now',
      tp_2: 'claude-sonnet-4-6',
      tp_3: 'claude-sonnet-4-6',
    });
  });

  it('of a run that left nothing open says that nothing of it is left to count', async () => {
    const ledger = await home.open();
    const record = requestRecord({ outcome: null });
    ledger.started(record);
    record.outcome = 'ok';
    ledger.ended(record);
    await ledger.close();
    expect(JSON.parse(home.read(name))).toMatchObject({ runs: [{ settled: true, open: [] }] });
  });

  it('is never ahead of the records that it is made of', async () => {
    let refuses = true;
    let refused = 0;
    let saves = 0;
    const { writeNow: _, ...asynchronous } = systemFiles;
    const ledger = await home.open({
      files: {
        ...asynchronous,
        write(fd, bytes) {
          if (!refuses || !bytes.includes('"type":"end"')) return systemFiles.write(fd, bytes);
          refused++;
          return Promise.reject(new Error('EIO'));
        },
        rename(from, to) {
          saves++;
          expect(home.read(home.names('.jsonl')[0]!)).toContain('tp_late');
          return systemFiles.rename(from, to);
        },
      },
    });
    ledger.ended(requestRecord({ id: 'tp_late' }));
    while (refused < 5) {
      home.clock.advance(5000);
      await new Promise(setImmediate);
    }
    expect(saves).toBe(0);
    refuses = false;
    await ledger.close();
    expect(saves).toBe(1);
  });

  it('says once that it cannot be saved, and is saved when it can be', async () => {
    let refuses = true;
    const ledger = await home.open({
      files: {
        ...systemFiles,
        rename: (from, to) => (refuses ? Promise.reject(new Error('ENOSPC')) : systemFiles.rename(from, to)),
      },
    });
    let tries = 0;
    for (; tries < 3; tries++) {
      ledger.ended(requestRecord({ id: `tp_${tries}` }));
      home.clock.advance(5000);
      while (home.warnings.length === 0) await new Promise(setImmediate);
    }
    refuses = false;
    await ledger.close();
    expect(home.warnings).toHaveLength(1);
    expect(readFileSync(path(), 'utf8')).toContain('"requests":3');
  });
});
