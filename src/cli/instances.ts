import { rmSync } from 'node:fs';
import path from 'node:path';
import { controlSocketPath } from '../proxy/config/index.ts';
import { askControl, type Identity } from '../proxy/control/index.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { baseUrlOf, type Instance, instanceFiles, isAlive, readInstance } from './instance-files.ts';

export { baseUrlOf, type Instance, writeInstance } from './instance-files.ts';

/** A proxy that runs: its control socket answers with the id that its instance file names. */
export interface RunningProxy {
  readonly file: Instance;
  readonly identity: Identity;
  readonly controlSocket: string;
  readonly baseUrl: string;
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
