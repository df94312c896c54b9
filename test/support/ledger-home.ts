import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ledger, type LedgerSettings, openLedger } from '../../src/proxy/ledger/index.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';

export interface LedgerHome {
  readonly directory: string;
  readonly clock: FakeClock;
  readonly warnings: string[];
  readonly open: (settings?: Partial<LedgerSettings>) => Promise<Ledger>;
  /** Names in the directory, sorted; those that hold the text, if one is given. */
  readonly names: (part?: string) => string[];
  readonly read: (name: string) => string;
  readonly forget: (name: string) => void;
  readonly remove: () => void;
}

/** A data directory for one test. All runs before the one that is open count as dead. */
export function ledgerHome(): LedgerHome {
  const root = mkdtempSync(join(tmpdir(), 'tokenpak-ledger-'));
  const directory = join(root, 'data');
  const clock = fakeClock();
  const warnings: string[] = [];
  return {
    directory,
    clock,
    warnings,
    open: (settings) =>
      openLedger({
        directory,
        limits: { retentionDays: 90, retentionBytes: 1024 * 1024 * 1024 },
        demo: false,
        clock,
        warn: (message) => warnings.push(message),
        isAlive: () => false,
        ...settings,
      }),
    names: (part = '') =>
      (existsSync(directory) ? readdirSync(directory) : []).filter((name) => name.includes(part)).sort(),
    read: (name) => readFileSync(join(directory, name), 'utf8'),
    forget: (name) => rmSync(join(directory, name)),
    remove() {
      chmodSync(root, 0o700);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Resolves once all that the ledger was told is written, or known not to be. */
export function written(ledger: Ledger): Promise<void> {
  return new Promise((resolve) => ledger.written(resolve));
}
