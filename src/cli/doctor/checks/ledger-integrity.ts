import { inspectLedger, type Inspection } from '../../../proxy/ledger/index.ts';
import { isAlive } from '../../instance-files.ts';
import type { Check, Finding } from '../check.ts';
import { ok, warn } from '../finding.ts';

const maxBytes = 512 * 1024 * 1024;

/** Whether each line of the ledger is as it was written: its checksum tells. */
export const ledgerIntegrity: Check = {
  id: 'ledger.integrity',
  group: 'install',
  limitMs: 10_000,
  run: async ({ paths, signal, proxy }) => {
    const command = proxy === null ? 'tokenpak start' : `tokenpak restart --port ${proxy.file.port}`;
    return integrityFinding(await inspectLedger(paths.dataDir, { maxBytes, signal }), isAlive, command);
  },
};

/** @param start the command that has a proxy look through its ledger */
export function integrityFinding(
  { segments, lines, damage, unread }: Inspection,
  isRunning: (pid: number) => boolean,
  start: string,
): Finding {
  const damaged = damage.filter(({ damagedLines }) => damagedLines.length > 0);
  // The end of one that is being written may be on its way.
  const torn = damage.filter(({ isTorn, pid }) => isTorn && !isRunning(pid));
  if (damaged.length > 0) {
    return warn(
      damaged.map(({ file, damagedLines }) => `${lineText(damagedLines)} of ${file} cannot be read`).join('; '),
      'The requests that they told of are in no total and cannot be won back but from a copy of the file. All other lines count.',
    );
  }
  if (torn.length > 0) {
    return warn(
      `the last line is torn: ${torn.map(({ file }) => file).join(', ')}`,
      'A crash cut it short. It heals at the next start, which keeps the piece in a .torn file beside it; no other line is touched.',
      [start],
    );
  }
  const left = unread === 0 ? '' : `, ${unread} older files not read`;
  return ok(segments === 0 ? 'no ledger yet' : `${lines} lines of the ledger are whole${left}`);
}

function lineText(lines: readonly number[]): string {
  return lines.length === 1 ? `line ${lines[0]}` : `${lines.length} lines from line ${lines[0]} on`;
}
