import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where the processes of a run are held. */
export interface Cores {
  readonly relay: number;
  /** The load generator's and the mock's. */
  readonly load: number;
}

/** Reads a list of processors as Linux writes it: `0-3,8`. */
export function parseCpuList(list: string): number[] {
  return list
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first = NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, n) => first + n);
    });
}

/** Empty where there is no `/proc`. */
function ownStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}

/** Two processors that this process may use, or null where there is but one, or no `taskset` to hold a process on it. */
export function chooseCores(): Cores | null {
  if (spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status !== 0) return null;
  const [relay, load] = parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(ownStatus())?.[1] ?? '');
  return relay === undefined || load === undefined ? null : { relay, load };
}

/** The command that runs Node on one core. `taskset` becomes the command that it starts, so the process id is Node's. */
export function nodeOn(core: number | null): { command: string; args: string[] } {
  if (core === null) return { command: process.execPath, args: [] };
  return { command: 'taskset', args: ['--cpu-list', String(core), process.execPath] };
}
