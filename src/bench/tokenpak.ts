import { fileURLToPath } from 'node:url';
import { stop, type Children } from './processes/children.ts';
import { freePort, untilListening } from './processes/port.ts';

/** The command as a user has it. */
export const tokenpakCommand = fileURLToPath(new URL('../../bin/tokenpak.js', import.meta.url));

export interface StartOptions {
  readonly children: Children;
  readonly core: number | null;
  /** Where the mock listens that stands for Anthropic. */
  readonly upstreamPort: number;
}

/** A proxy with everything on, as it is by default, in a scratch home of its own. */
export interface Tokenpak {
  readonly home: string;
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** How long it may finish what is left. */
const stopMs = 15_000;

/** Starts tokenpak and waits until its port takes connections. */
export async function startTokenpak({ children, core, upstreamPort }: StartOptions): Promise<Tokenpak> {
  const home = children.scratchDirectory();
  const port = await freePort();
  const upstream = `anthropic=http://127.0.0.1:${upstreamPort}`;
  const options = ['--no-tui', '--port', String(port), '--home', home, '--upstream', upstream];
  const { child, messages } = children.node([tokenpakCommand, 'start', ...options], core);
  await untilListening(port, child).catch((cause: unknown) => {
    throw new Error(`tokenpak did not start: ${messages()}`, { cause });
  });
  return { home, port, pid: child.pid as number, stop: () => stop(child, stopMs) };
}
