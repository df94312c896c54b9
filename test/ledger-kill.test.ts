import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../src/proxy/clock.ts';
import type { Ledger } from '../src/proxy/ledger/index.ts';
import { type LedgerHome, ledgerHome } from './support/ledger-home.ts';

const writer = fileURLToPath(new URL('support/ledger-writer.js', import.meta.url));
/** TOKENPAK_TEST_KILLS=1000 for a thorough run. */
const kills = Number(process.env['TOKENPAK_TEST_KILLS'] ?? 25);

let home: LedgerHome;
beforeEach(() => void (home = ledgerHome()));
afterEach(() => home.remove());

interface Listening {
  readonly said: string[];
  /** Resolves when the writer has said so many lines. */
  readonly has: (lines: number) => Promise<void>;
  readonly ended: Promise<unknown>;
}

function listen(child: ChildProcess): Listening {
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => said.push(line));
  return {
    said,
    async has(count) {
      while (said.length < count) await once(lines, 'line');
    },
    ended: Promise.all([once(child, 'close'), once(lines, 'close')]),
  };
}

/** Runs a writer and kills it after so many acknowledgements. Gives all of them: picodollars by request. */
async function runAndKill(seed: number, acknowledgements: number): Promise<Map<string, string>> {
  const child = spawn(process.execPath, [writer, home.directory, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { said, has, ended } = listen(child);
  await has(1 + acknowledgements);
  child.kill('SIGKILL');
  await ended;
  return new Map(said.slice(1).map((line) => line.split(' ') as [string, string]));
}

interface InFiles {
  readonly started: Set<string>;
  /** Picodollars by request; null where a crash left them unknown. */
  readonly ended: Map<string, string | null>;
}

/** What any reader finds in the files: whole lines alone. Throws where a request ended twice. */
function inFiles(): InFiles {
  const found: InFiles = { started: new Set(), ended: new Map() };
  for (const line of home.names('.jsonl').flatMap((name) => home.read(name).split('\n').slice(0, -1))) {
    const parts = /^(.*),"crc":"(\w{8})"\}$/.exec(line);
    expect(parts && crc32(parts[1]!)).toBe(parseInt(parts![2]!, 16));
    const { id, request } = JSON.parse(line) as {
      id?: string;
      request?: { id: string; cost_picodollars: string | null };
    };
    if (id !== undefined) found.started.add(id);
    if (!request) continue;
    expect(found.ended.has(request.id)).toBe(false);
    found.ended.set(request.id, request.cost_picodollars);
  }
  return found;
}

function totals(ledger: Ledger): { requests: number; picodollars: bigint; unpriced: number } {
  const rows = ledger.days('0000-00-00').flatMap((day) => day.rows);
  return {
    requests: rows.reduce((sum, row) => sum + row.requests, 0),
    picodollars: rows.reduce((sum, row) => sum + BigInt(row.cost_picodollars), 0n),
    unpriced: rows.reduce((sum, row) => sum + row.unpriced, 0),
  };
}

describe('a ledger whose process is killed', () => {
  it(
    `has all that was acknowledged, and counts it once, over ${kills} kills`,
    async () => {
      const acknowledged = new Map<string, string>();
      for (let seed = 1; seed <= kills; seed++) {
        for (const [id, cost] of await runAndKill(seed, (seed * 137) % 1000)) acknowledged.set(id, cost);
      }
      const ledger = await home.open({ clock: systemClock });
      const counted = totals(ledger);
      await ledger.close();

      const { started, ended } = inFiles();
      expect(acknowledged.size).toBeGreaterThan(kills * 100);
      for (const [id, cost] of acknowledged) expect(`${id} ${ended.get(id)}`).toBe(`${id} ${cost}`);
      expect([...started].filter((id) => !ended.has(id))).toEqual([]);
      const costs = [...ended.values()].filter((cost) => cost !== null);
      expect(counted).toEqual({
        requests: ended.size,
        picodollars: costs.reduce((sum, cost) => sum + BigInt(cost), 0n),
        unpriced: ended.size - costs.length,
      });
      expect(counted.unpriced).toBeGreaterThan(0);
      expect(home.warnings).toEqual([]);
    },
    kills * 1000,
  );
});

describe('a ledger whose files may not grow', () => {
  it('goes on in new ones and loses nothing', async () => {
    const requests = 2000;
    const limitKiB = 512;
    const command = `ulimit -f ${limitKiB}; exec "$0" "$@"`;
    const child = spawn('bash', ['-c', command, process.execPath, writer, home.directory, '7', String(requests)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { said, ended } = listen(child);
    await ended;
    expect(JSON.parse(said.at(-1)!)).toMatchObject({ state: 'ok', dropped: 0 });
    expect(inFiles().ended.size).toBe(requests);
    expect(home.names('.jsonl').length).toBeGreaterThan(3);
    const ledger = await home.open({ clock: systemClock });
    expect(totals(ledger).requests).toBe(requests);
    await ledger.close();
  });
});
