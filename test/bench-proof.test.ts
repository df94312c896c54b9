import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as ChildrenModule from '../src/bench/processes/children.ts';
import type * as OptionsModule from '../src/bench/proof/proof-options.ts';
import type { ProofReport } from '../src/bench/proof/proof-report.ts';
import type * as ProveModule from '../src/bench/proof/prove.ts';
import type * as TokenpakModule from '../src/bench/tokenpak.ts';

// The built benchmark, since its processes can only be started from compiled files.
const bench = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../dist/bench/${file}`, import.meta.url).href)) as T;
const { prove } = await bench<typeof ProveModule>('proof/prove.js');
const { defaultProofOptions } = await bench<typeof OptionsModule>('proof/proof-options.js');
const { createChildren } = await bench<typeof ChildrenModule>('processes/children.js');
const { startTokenpak } = await bench<typeof TokenpakModule>('tokenpak.js');

type Options = OptionsModule.ProofOptions;

const tiny = { ...defaultProofOptions, seconds: 0.4, warmUpSeconds: 0.1, connections: 10, runs: 1 };
const quiet = { version: '0.0.0', limits: [], progress: () => undefined };
const run = (options: Partial<Options>, more: Partial<OptionsModule.ProofContext> = {}): Promise<ProofReport> =>
  prove({ ...tiny, ...options }, { ...quiet, signal: new AbortController().signal, ...more });

// Scratch homes are made in a place of this test's own, so that it can see what is left of them.
const usual = process.env.TMPDIR;
const place = mkdtempSync(path.join(os.tmpdir(), 'bench-proof-test-'));
beforeAll(() => void (process.env.TMPDIR = place));
afterAll(() => {
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  rmSync(place, { recursive: true, force: true });
});
const left = (): string[] => readdirSync(place);

const rowsOf = ({ rows }: ProofReport): string[] => rows.map(({ name }) => name);

describe('a run of everything', () => {
  let report: ProofReport;
  const told: (number | null)[] = [];
  beforeAll(async () => {
    report = await run({}, { progress: (_, share) => void told.push(share) });
  }, 120_000);

  it('brings a figure for each target of the SLA whose part exists', () => {
    const { targets } = JSON.parse(readFileSync('templates/sla.json', 'utf8')) as { targets: { metric: string }[] };
    const missing = targets.map(({ metric }) => metric).filter((metric) => !(metric in report.metrics));
    // On a machine that is busy with other tests, fewer than 100 may have been on their way.
    expect(missing.filter((metric) => !metric.startsWith('loaded.'))).toEqual([
      'scenario_translation.rps',
      'scenario_translation.p95',
    ]);
  });

  it('has a row for each workload that exists, and names those that do not', () => {
    expect(rowsOf(report)).toEqual([
      ...['/health', '/stats', 'messages direct', 'messages proxied'],
      ...['stream first byte direct', 'stream first byte proxied'],
      ...['20 KB direct', '20 KB proxied', '200 KB direct', '200 KB proxied', '1 MB direct', '1 MB proxied'],
      ...['error direct', 'error proxied', '100 loaded direct', '100 loaded proxied'],
      ...['100 saturated bare relay', '100 saturated proxied', 'loopback provider', 'users in stages'],
    ]);
    expect(report.notes).toContain('reply cache: not available');
    expect(report.notes).toContain('translation: not available');
  });

  it('has every request answered as it must be', () => {
    expect(report.rows.filter(({ errors }) => errors > 0)).toEqual([]);
    expect(report.metrics['stages.error_rate']?.value).toBe(0);
    expect(report.metrics['json.invalid']?.value).toBe(0);
  });

  it('counts what it sent as /stats and the ledger do', () => {
    const { sent, stats, ledger } = report.accounting ?? { sent: 0, stats: -1, ledger: -1 };
    expect(sent).toBeGreaterThan(100);
    expect([stats, ledger]).toEqual([sent, sent]);
  });

  it('sends the same number of requests in both halves of a pair', () => {
    const count = (name: string): number | undefined => report.rows.find((row) => row.name === name)?.count;
    expect(count('messages direct')).toBe(40);
    expect(count('messages proxied')).toBe(40);
  });

  it('takes the overhead of the proxy from the ledger, of the paced messages alone', () => {
    expect(report.overhead.proxy?.p99).toBe(report.metrics['overhead.p99']?.value);
    expect(report.overhead.client?.p99).toBe(report.metrics['overhead.client.p99']?.value);
  });

  it('tells the stages of the proxy, with those that need an access key', () => {
    const names = report.stages.map(({ stage }) => stage);
    expect(names).toEqual(expect.arrayContaining(['access key', 'rate-limiter', 'budgets', 'upstream', 'provider']));
  });

  it('had 100 on their way where it has a figure for that', () => {
    const isEnough = (report.metrics['loaded.in_flight']?.value ?? 0) >= 90;
    expect('loaded.overhead.p99' in report.metrics).toBe(isEnough);
    expect(report.metrics['stages.max_users']?.value).toBeGreaterThan(40);
  });

  it('tells how far it is, and never goes back', () => {
    const shares = told.filter((share) => share !== null);
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('leaves nothing behind', () => expect(left()).toEqual([]));
});

describe('a run of something else', () => {
  it('measures the capacity where no rate is asked for', async () => {
    const report = await run({ perSecond: 0, connections: 20 });
    expect(report.run.mode).toBe('closed');
    expect(rowsOf(report)).toEqual(['messages direct', 'messages proxied']);
    expect(report.metrics['capacity.rps']?.value).toBeGreaterThan(0);
    expect(report.overhead).toEqual({ proxy: null, client: null });
    expect(report.accounting?.stats).toBe(report.accounting?.sent);
  }, 60_000);

  it('ends a ramp where a limit is broken, and says at which rate', async () => {
    const limits = [{ metric: 'messages.p50', unit: 'ms', pass: { operator: '<' as const, value: 0 } }];
    const report = await run({ mode: 'ramp', perSecond: 20 }, { limits });
    expect(report.notes.join('\n')).toMatch(/ramp: at 20 requests\/s: /);
    expect(report.invalid).toContain('not even 20 requests/s held');
  }, 60_000);

  it('follows a profile, at the size that it was given', async () => {
    const report = await run({ profile: 'spike', scale: 0.02 });
    expect(rowsOf(report)).toEqual(['users in stages']);
    expect(report.metrics['stages.max_users']?.value).toBe(2);
    expect(report.notes).toContain('profile spike at 0.02 of its size: its users and durations were scaled');
  }, 60_000);

  it('is invalid where the proxy needs more memory than allowed', async () => {
    const report = await run({ workload: 'health', maxRssMb: 1 });
    expect(rowsOf(report)).toEqual(['/health']);
    expect(report.invalid.join('\n')).toMatch(/^the proxy used \d+ MB, and 1 MB were allowed$/m);
  }, 60_000);

  it('ends when it is told to, with its reason, and leaves nothing behind', async () => {
    const ending = new AbortController();
    const reason = new Error('enough');
    const progress = (text: string): void => void (text.startsWith('warming') && ending.abort(reason));
    await expect(run({}, { signal: ending.signal, progress })).rejects.toBe(reason);
    expect(left()).toEqual([]);
  }, 60_000);
});

describe('a proxy that runs already', () => {
  const children = createChildren();
  afterAll(() => children.end());

  it('is asked for nothing that costs anything, unless its user allows it', async () => {
    const proxy = await startTokenpak({ children, core: null, upstreamPort: 9 });
    const target = `http://localhost:${proxy.port}`;
    const report = await run({ target });
    expect(rowsOf(report)).toEqual(['/health', '/stats']);
    const { run: counted } = (await (await fetch(`${target}/stats`)).json()) as { run: { requests: number } };
    expect(counted.requests).toBe(0);
    await expect(run({ target, workload: 'passthrough' })).rejects.toThrow(/--allow-traffic/);
  }, 60_000);

  it('is said not to be there where nobody is', async () => {
    await expect(run({ target: 'http://127.0.0.1:9' })).rejects.toThrow('no tokenpak answers on 127.0.0.1:9');
    expect(left().filter((name) => !children.scratchDirectory().includes(name))).toEqual([]);
  });
});
