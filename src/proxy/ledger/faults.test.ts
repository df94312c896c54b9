import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, type FaultyFiles, faultyFiles } from '../../../test/support/faulty-files.ts';
import { type LedgerHome, ledgerHome } from '../../../test/support/ledger-home.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import { type FileSystem, systemFiles } from '../file-system.ts';
import type { Ledger } from './index.ts';

const requests = 3;
const never = 1_000_000;
/** Whether a disk keeps its word cannot be seen here: not waiting for it makes room for thousands of runs. */
const fastFiles: FileSystem = { ...systemFiles, sync: () => Promise.resolve(), syncData: () => Promise.resolve() };

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

/** A healthy run, then one on a faulty disk that is either closed or left as a kill leaves it. */
async function twoRuns(faulty: FaultyFiles, ending: 'closed' | 'killed'): Promise<{ acknowledged: string[] }> {
  const first = await home.open({ files: fastFiles });
  first.ended(requestRecord({ id: 'tp_first' }));
  await first.close();
  home.clock.advance(1000);

  const acknowledged: string[] = [];
  const ledger = await home.open({ files: faulty.files });
  for (let request = 0; request < requests; request++) {
    const record = requestRecord({ id: `tp_${request}`, outcome: null });
    ledger.started(record);
    // Nobody waits for a start: it is written by itself.
    home.clock.advance(10);
    await faulty.idle();
    record.outcome = 'ok';
    ledger.ended(record);
    const { late } = ledger.health();
    ledger.written(() => ledger.health().late === late && acknowledged.push(record.id));
    await faulty.idle();
    home.clock.advance(request % 2 === 0 ? 1000 : 5000);
    await faulty.idle();
  }
  if (ending === 'closed') await ledger.close();
  // Timers of a run that was killed must not go off.
  home.clock.setWall(home.clock.wall() + 1000);
  return { acknowledged };
}

/** Requests by what any reader of the files finds: whole lines alone. */
function inFiles(): { started: Set<string>; ended: Set<string> } {
  const started = new Set<string>();
  const ended = new Set<string>();
  for (const line of home.names('.jsonl').flatMap((name) => home.read(name).split('\n'))) {
    const parts = /^(.*),"crc":"(\w{8})"\}$/.exec(line);
    if (!parts || crc32(parts[1]!) !== parseInt(parts[2]!, 16)) continue;
    const { id, request } = JSON.parse(line) as { id?: string; request?: { id: string } };
    if (id !== undefined) started.add(id);
    if (request) ended.add(request.id);
  }
  return { started, ended };
}

async function countCalls(): Promise<number> {
  const faulty = faultyFiles(fastFiles, { at: never, fault: 'fail once' });
  await twoRuns(faulty, 'closed');
  return faulty.calls();
}

async function reopened(check: (ledger: Ledger) => void): Promise<void> {
  const ledger = await home.open({ files: fastFiles });
  check(ledger);
  await ledger.close();
}

describe('whichever call to the system fails', () => {
  it.each<Fault>(['fail once', 'short write, then fail'])('no request is lost or counted twice: %s', async (fault) => {
    const calls = await countCalls();
    expect(calls).toBeGreaterThan(50);
    for (let at = 1; at <= calls; at++) {
      home.remove();
      home = ledgerHome();
      await twoRuns(faultyFiles(fastFiles, { at, fault }), 'closed');
      await reopened((ledger) => {
        const { requests: counted, cost_picodollars } = ledger.today();
        expect({ at, counted, cost_picodollars }).toEqual({
          at,
          counted: requests + 1,
          cost_picodollars: String(3_000_000_000 * (requests + 1)),
        });
      });
    }
  });

  it('a kill after it loses nothing that was acknowledged, and the totals are those of the files', async () => {
    const calls = await countCalls();
    for (let at = 1; at <= calls; at++) {
      home.remove();
      home = ledgerHome();
      const { acknowledged } = await twoRuns(faultyFiles(fastFiles, { at, fault: 'fail from here on' }), 'killed');
      const { started, ended } = inFiles();
      expect(acknowledged.filter((id) => !ended.has(id))).toEqual([]);
      await reopened((ledger) => {
        expect({ at, counted: ledger.today().requests }).toEqual({ at, counted: new Set([...started, ...ended]).size });
      });
    }
  });
});
