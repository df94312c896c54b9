import { describe, expect, it } from 'vitest';
import { madeContext } from '../../../../test/support/doctor-context.ts';
import type { RunningProxy } from '../../instances.ts';
import { findRoom } from './disk-free.ts';
import { integrityFinding } from './ledger-integrity.ts';
import { ledgerWrites } from './ledger-writes.ts';
import { versionDrift } from './version-drift.ts';

describe('disk.free', () => {
  const roomOf = (bavail: number, blocks = 1000): ReturnType<typeof findRoom> =>
    findRoom('/nowhere/at/all', (directory) => {
      expect(directory).toBe('/');
      return Promise.resolve({ bsize: 1000, bavail, blocks });
    });

  it.each([
    [1_000_000, 'ok', '1 GB free'],
    [999_999, 'warn', 'only 1000 MB free on the disk of /'],
    [50_000, 'warn', 'only 50 MB free on the disk of /'],
    [49_999, 'fail', 'only 50 MB free on the disk of /'],
    [0, 'fail', 'only 0 B free on the disk of /'],
  ])('has %i kB as %s', async (kilobytes, status, summary) => {
    expect(await roomOf(kilobytes)).toMatchObject({ status, summary });
  });

  it('says nothing of a file system that has no size', async () => {
    expect(await roomOf(0, 0)).toMatchObject({ status: 'skip' });
  });
});

describe('ledger.integrity', () => {
  const of = (
    damage: { damagedLines: number[]; isTorn: boolean; pid: number }[],
    unread = 0,
  ): ReturnType<typeof integrityFinding> =>
    integrityFinding(
      { segments: 2, lines: 10, unread, damage: damage.map((one) => ({ file: '/l', ...one })) },
      (pid) => pid === 7,
      'tokenpak start',
    );

  it('takes a torn end of a proxy that runs for a line on its way', () => {
    expect(of([{ damagedLines: [], isTorn: true, pid: 7 }])).toMatchObject({ status: 'ok' });
    expect(of([{ damagedLines: [], isTorn: true, pid: 8 }])).toMatchObject({
      status: 'warn',
      fix: { commands: ['tokenpak start'] },
    });
  });

  it('finds damage also in what a running proxy writes', () => {
    const finding = of([{ damagedLines: [3, 4], isTorn: true, pid: 7 }]);
    expect(finding).toMatchObject({ status: 'warn', summary: '2 lines from line 3 on of /l cannot be read' });
  });

  it('says what was not read', () => {
    expect(of([], 3).summary).toBe('10 lines of the ledger are whole, 3 older files not read');
  });
});

const proxy = { file: { port: 9000, version: '0.0.1' } } as RunningProxy;

describe('ledger.writes', () => {
  it.each([
    [{ state: 'ok', reason: null, dropped: 0 }, 'ok'],
    [{ state: 'ok', reason: null, dropped: 1 }, 'warn'],
    [{ state: 'degraded', reason: 'ENOSPC: no space left on device', dropped: 0 }, 'fail'],
  ])('has %j as %s', async (storage, status) => {
    const finding = await ledgerWrites.run(madeContext({ proxy, health: () => Promise.resolve({ storage }) }));
    expect(finding.status).toBe(status);
    expect(finding.summary).toContain(storage.reason ?? '');
  });

  it('says nothing where no proxy can be asked', async () => {
    expect(await ledgerWrites.run(madeContext())).toMatchObject({ status: 'skip' });
    expect(await ledgerWrites.run(madeContext({ proxy }))).toMatchObject({ status: 'skip' });
  });
});

describe('version.drift', () => {
  it('has the proxy started anew that is of another version', async () => {
    const finding = await versionDrift.run(madeContext({ proxy }));
    expect(finding).toMatchObject({ status: 'warn', fix: { commands: ['tokenpak restart --port 9000'] } });
  });
});
