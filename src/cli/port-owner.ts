import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that listens on a port. */
export interface PortOwner {
  readonly pid: number;
  readonly name: string;
}

const listening = '0A';

/**
 * Who listens on a TCP port of this machine, as Linux tells it under /proc (proc_pid_net(5)). Null on other systems, and
 * for processes of other users, whose descriptors cannot be read.
 *
 * @param families of addresses, among which it is looked for
 */
export function portOwner(port: number, families: readonly ('tcp' | 'tcp6')[] = ['tcp', 'tcp6']): PortOwner | null {
  try {
    const inodes = new Set(families.flatMap((family) => listeners(`/proc/net/${family}`, port)));
    if (inodes.size === 0) return null;
    const pid = readdirSync('/proc').find((name) => /^\d+$/u.test(name) && holdsOne(name, inodes));
    return pid === undefined ? null : { pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() };
  } catch {
    return null;
  }
}

/** The socket inodes that listen on the port: columns are slot, local address, remote address, state, …, inode (tenth). */
function listeners(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/u))
    .filter(([, local = '', , state]) => state === listening && local.endsWith(suffix))
    .flatMap((columns) => columns[9] ?? []);
}

function holdsOne(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      const inode = /^socket:\[(\d+)\]$/u.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    return false;
  }
}
