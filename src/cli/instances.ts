import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { controlSocketPath } from '../proxy/config/index.ts';
import { askControl, type Identity } from '../proxy/control/index.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
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
  /** What `start` was told, to start it again. */
  readonly flags: StartFlags;
}

/** A proxy that runs: its control socket answers with the id that its instance file names. */
export interface RunningProxy {
  readonly file: Instance;
  readonly identity: Identity;
  readonly controlSocket: string;
  readonly baseUrl: string;
}

export function writeInstance(file: string, instance: Instance): void {
  // A new file each time: the mode counts only for a file that is made.
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(instance)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Every proxy of this user's that runs, by port. Files of those that are gone are cleared away. */
export async function runningProxies(runtimeDir: string): Promise<RunningProxy[]> {
  const found = await Promise.all(instanceFiles(runtimeDir).map((file) => verified(runtimeDir, file)));
  return found.filter((proxy) => proxy !== null).sort((a, b) => a.file.port - b.file.port);
}

/**
 * The one running proxy, or the one on the given port.
 *
 * @throws CommandError when there is none, or several and no port to tell which.
 */
export async function findProxy(runtimeDir: string, port: number | undefined): Promise<RunningProxy> {
  const all = await runningProxies(runtimeDir);
  const candidates = port === undefined ? all : all.filter((proxy) => proxy.file.port === port);
  const [only, second] = candidates;
  if (second) {
    const ports = candidates.map((proxy) => proxy.file.port).join(', ');
    throw new CommandError(exitCodes.usage, `several proxies run, on ports ${ports}; choose one with --port`);
  }
  if (only) return only;
  const where = port === undefined ? '' : ` on port ${port}`;
  throw new CommandError(exitCodes.noProxy, `no proxy is running${where}\n  try    tokenpak start`);
}

export function baseUrlOf({ host, port }: Pick<Instance, 'host' | 'port'>): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function instanceFiles(runtimeDir: string): string[] {
  try {
    return readdirSync(runtimeDir).filter((name) => /^\d+\.json$/u.test(name));
  } catch {
    return [];
  }
}

async function verified(runtimeDir: string, name: string): Promise<RunningProxy | null> {
  const location = path.join(runtimeDir, name);
  const file = readInstance(location);
  const controlSocket = controlSocketPath(runtimeDir, Number.parseInt(name, 10));
  const identity = (await askControl(controlSocket, 'GET /identity'))?.body as Identity | undefined;
  if (file !== null && identity?.instance === file.instance && identity.pid === file.pid) {
    return { file, identity, controlSocket, baseUrl: baseUrlOf(file) };
  }
  if (identity === undefined && !isAlive(Number.parseInt(name, 10))) rmSync(location, { force: true });
  return null;
}

function readInstance(location: string): Instance | null {
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
