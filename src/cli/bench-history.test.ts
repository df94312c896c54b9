import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastBench, saveBench } from './bench-history.ts';

let stateDir: string;
beforeEach(() => (stateDir = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-history-'))));
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const reportOf = (at: string, verdict: string): string => JSON.stringify({ version: 1, run: { at }, verdict });

function save(day: number, verdict = 'PASS'): string {
  const at = new Date(Date.UTC(2026, 10, day, 12, 4, 31)).toISOString();
  return saveBench(stateDir, at, reportOf(at, verdict));
}

describe('the reports of the benchmark', () => {
  it('are none where none was made', () => {
    expect(lastBench(stateDir)).toBeNull();
    expect(lastBench(path.join(stateDir, 'missing'))).toBeNull();
  });

  it('are kept by time, for their user only, and the newest is found', () => {
    const older = save(21, 'PASS');
    const newest = save(22, 'INVALID');
    expect(path.relative(stateDir, newest)).toBe(path.join('bench', '2026-11-22T120431Z.json'));
    expect(statSync(newest).mode & 0o777).toBe(0o600);
    expect(lastBench(stateDir)).toEqual({ at: '2026-11-22T12:04:31.000Z', verdict: 'INVALID', file: newest });
    rmSync(newest);
    expect(lastBench(stateDir)?.file).toBe(older);
  });

  it('are at most twenty, and what is no report of ours stays', () => {
    mkdirSync(path.join(stateDir, 'bench'), { mode: 0o700 });
    writeFileSync(path.join(stateDir, 'bench', 'mine.json'), '{}');
    for (let day = 1; day <= 23; day++) save(day);
    const names = readdirSync(path.join(stateDir, 'bench'));
    expect(names).toHaveLength(21);
    expect(names).toContain('mine.json');
    expect(names).not.toContain('2026-11-03T120431Z.json');
    expect(names).toContain('2026-11-04T120431Z.json');
  });

  it.each(['', '{', '[]', 'null', '{"run":{"at":"soon"},"verdict":"PASS"}', reportOf('2026-11-24T00:00:00Z', 'GOOD')])(
    'are passed over where %j stands instead of one',
    (text) => {
      const good = save(22);
      writeFileSync(path.join(stateDir, 'bench', '2026-11-23T000000Z.json'), text);
      expect(lastBench(stateDir)?.file).toBe(good);
    },
  );
});
