import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import type { Clock } from '../../clock.ts';
import { errorCode } from '../../file-system.ts';
import { RegistryError } from './registry-error.ts';

/** A command's own timers keep its process alive while it waits; the proxy's need not. */
export type LockClock = Pick<Clock, 'wall' | 'after'>;

const retryMs = 20;
const maxTries = 500;
/** What is done under a lock takes milliseconds: one that is older was left behind, whoever has its process's number today. */
const maxAgeMs = 60_000;

/**
 * Runs `action` while no other process, and nobody else in this one, runs theirs under the same lock file. One whose
 * process is gone is cleared away.
 *
 * @param action is handed a function that tells whether the lock is still its own: a process that was stopped for long
 *   may have lost it
 * @throws RegistryError after ten seconds of waiting
 */
export async function withLockFile<Result>(
  path: string,
  clock: LockClock,
  action: (isHeld: () => boolean) => Promise<Result>,
): Promise<Result> {
  const mark = await acquire(path, clock);
  const isHeld = (): boolean => markIn(path) === mark;
  try {
    return await action(isHeld);
  } finally {
    if (isHeld()) rmSync(path, { force: true });
  }
}

async function acquire(path: string, clock: LockClock): Promise<string> {
  const mark = `${process.pid} ${randomBytes(8).toString('hex')}\n`;
  for (let tries = 0; tries < maxTries; tries++) {
    if (take(path, mark)) return mark;
    if (isLeftBehind(path, clock)) await clearAway(path, clock);
    else await new Promise<void>((resolve) => void clock.after(retryMs, resolve));
  }
  throw new RegistryError(`another tokenpak has held ${path} for ten seconds; remove it if none is running`);
}

function take(path: string, mark: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(fd, mark);
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Under a lock of its own: of two who saw the same dead one, the slower must not remove the quicker's new one. */
function clearAway(path: string, clock: LockClock): Promise<void> {
  return withLockFile(`${path}.stale`, clock, async () => {
    if (isLeftBehind(path, clock)) rmSync(path, { force: true });
  });
}

function isLeftBehind(path: string, clock: LockClock): boolean {
  const mark = markIn(path);
  if (mark === null) return false;
  const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (modifiedMs === undefined) return false;
  if (Math.abs(clock.wall() - modifiedMs) > maxAgeMs) return true;
  // Empty for the moment between its making and its writing.
  return mark !== '' && !isAlive(Number.parseInt(mark, 10));
}

function markIn(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
