import { uptime } from 'node:os';
import { errorCode } from '../file-system.ts';
import type { Run } from './segments.ts';

/** How far a machine's clock may have been set since it was started. */
const clockSlackMs = 60_000;

/**
 * Whether the process of another run is still there. A run from before the machine's start is not, whoever has its
 * number today; nor is one with our own number: its thread ended, or it ran in an earlier container. A process in
 * another container cannot be seen: containers that run at the same time need a data directory each.
 */
export function createLiveness(wall: () => number): (run: Run) => boolean {
  return ({ boot, pid }) => {
    if (pid === process.pid || boot < wall() - uptime() * 1000 - clockSlackMs) return false;
    try {
      return process.kill(pid, 0);
    } catch (error) {
      return errorCode(error) === 'EPERM';
    }
  };
}
