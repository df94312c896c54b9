import { readFileSync } from 'node:fs';
import { mostUsers, type PartPlan } from './plan.ts';
import { ProofError } from './settle-options.ts';

/** What this machine has for connections; null where it does not tell. */
export interface Room {
  /** Open files that a process may have, sockets among them. Node takes the hard limit by itself. */
  readonly openFiles: number | null;
  /** Ports of one address for connections that go out. */
  readonly ports: number | null;
}

/** Beside its connections, a process has some dozens of other files open. */
const otherFiles = 64;

/** Most connections at a time that a plan asks for. */
export function connectionsOf(parts: readonly PartPlan[], connections: number): number {
  const ofPart = (part: PartPlan): number => {
    if (part.kind === 'stages') return mostUsers(part.stages);
    return part.kind === 'capacity' ? part.connections : 0;
  };
  return Math.max(connections, ...parts.map(ofPart));
}

/** @throws ProofError where so many connections cannot be had here: the proxy has one for each client and one to the provider */
export function checkRoom({ openFiles, ports }: Room, connections: number): void {
  const neededFiles = 2 * connections + otherFiles;
  const instead = (share: number): string => `--scale ${Math.max(0.01, Math.floor(share * 100) / 100)}`;
  if (openFiles !== null && neededFiles > openFiles) {
    throw new ProofError(
      `${connections} connections need ${neededFiles} open files in the proxy, and a process may have ${openFiles} here (ulimit -Hn): raise that, or ask for fewer, as by ${instead((openFiles - otherFiles) / 2 / connections)}`,
    );
  }
  if (ports !== null && connections > ports) {
    throw new ProofError(
      `${connections} connections need as many ports, and this machine has ${ports} for them (net.ipv4.ip_local_port_range): widen that, or ask for fewer, as by ${instead(ports / connections)}`,
    );
  }
}

function read(file: string, pattern: RegExp): readonly number[] | null {
  try {
    const found = pattern.exec(readFileSync(file, 'utf8'));
    return found === null ? null : found.slice(1).map((word) => (word === 'unlimited' ? Infinity : Number(word)));
  } catch {
    return null;
  }
}

/** As Linux tells it (proc_pid_limits(5), ip(7)). */
export function readRoom(): Room {
  const [openFiles = null] = read('/proc/self/limits', /^Max open files\s+\S+\s+(\S+)/m) ?? [];
  const range = read('/proc/sys/net/ipv4/ip_local_port_range', /^(\d+)\s+(\d+)/);
  return { openFiles, ports: range === null ? null : (range[1] ?? 0) - (range[0] ?? 0) + 1 };
}
