import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StartFlags } from './start-options.ts';

/** What a running proxy writes down about itself, for other commands to find it. */
export interface Instance {
  readonly pid: number;
  /** ISO 8601. */
  readonly start_time: string;
  readonly port: number;
  /** An address under which it can be asked from this machine. */
  readonly host: string;
  readonly instance: string;
  readonly version: string;
  /** Runs in the background, without a terminal. */
  readonly detached: boolean;
  /** The environment variable that holds the token which an exposed one wants: `listen.tokenEnv`. Not told by older ones. */
  readonly token_env?: string;
  /** What `start` was told, to start it again. */
  readonly flags: StartFlags;
}

export function writeInstance(file: string, instance: Instance): void {
  // A new file each time: the mode counts only for a file that is made.
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(instance)}\n`, { mode: 0o600, flag: 'wx' });
}

export function baseUrlOf({ host, port }: Pick<Instance, 'host' | 'port'>): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * What the proxies of this user's wrote down, the one that started last first: only their processes are looked for, and
 * nothing is asked. So one of them may be another program's by now.
 */
export function writtenInstances(runtimeDir: string): Instance[] {
  return instanceFiles(runtimeDir)
    .filter((name) => isAlive(Number.parseInt(name, 10)))
    .map((name) => readInstance(path.join(runtimeDir, name)))
    .filter((file) => file !== null)
    .sort((a, b) => Date.parse(b.start_time) - Date.parse(a.start_time));
}

/** Their names. */
export function instanceFiles(runtimeDir: string): string[] {
  try {
    return readdirSync(runtimeDir).filter((name) => /^\d+\.json$/u.test(name));
  } catch {
    return [];
  }
}

/** Null for what is no instance file. */
export function readInstance(location: string): Instance | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(location, 'utf8'));
    return isInstance(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isInstance(value: unknown): value is Instance {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, port, host, instance, flags } = value as Partial<Instance>;
  return (
    typeof pid === 'number' &&
    typeof port === 'number' &&
    typeof host === 'string' &&
    typeof instance === 'string' &&
    typeof flags === 'object'
  );
}

/** Whether there is a process of that number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
