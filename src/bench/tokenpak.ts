import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stop, type Children } from './processes/children.ts';
import { freePort, untilListening } from './processes/port.ts';

/** The command as a user has it. */
export const tokenpakCommand = fileURLToPath(new URL('../../bin/tokenpak.js', import.meta.url));

export interface StartOptions {
  readonly children: Children;
  readonly core: number | null;
  /** Where the mock listens that stands for Anthropic. */
  readonly upstreamPort: number;
  readonly setup?: Setup;
}

/** What differs from a proxy as it is by default. */
export interface Setup {
  /** The text of its configuration file. */
  readonly config: string;
  /** How many access keys it knows. */
  readonly keys: number;
}

/** A proxy with everything on, as it is by default, in a scratch home of its own. */
export interface Tokenpak {
  readonly home: string;
  readonly port: number;
  readonly pid: number;
  /** The first of its access keys, if it has any. */
  readonly accessKey: string | undefined;
  /** `tokenpak keys create` with these options. */
  readonly createKey: (options: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** How long it may finish what is left. */
const stopMs = 15_000;

async function createKey(home: string, name: string, options: readonly string[]): Promise<string> {
  const args = [tokenpakCommand, 'keys', 'create', name, ...options, '--home', home];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH, HOME: home } });
  return stdout.trim();
}

/** Starts tokenpak and waits until its port takes connections. */
export async function startTokenpak({ children, core, upstreamPort, setup }: StartOptions): Promise<Tokenpak> {
  const home = children.scratchDirectory();
  const accessKey = setup && prepare(home, setup);
  const port = await freePort();
  const upstream = `anthropic=http://127.0.0.1:${upstreamPort}`;
  const options = ['--no-tui', '--port', String(port), '--home', home, '--upstream', upstream];
  const { child, messages } = children.node([tokenpakCommand, 'start', ...options], core);
  await untilListening(port, child).catch((cause: unknown) => {
    throw new Error(`tokenpak did not start: ${messages()}`, { cause });
  });
  let keys = 0;
  return {
    ...{ home, port, accessKey, pid: child.pid as number },
    createKey: (options) => createKey(home, `bench-${++keys}`, options),
    stop: () => stop(child, stopMs),
  };
}

/** Writes the configuration and makes the access keys. @returns the first of them */
function prepare(home: string, { config, keys }: Setup): string | undefined {
  writeFileSync(path.join(home, 'tokenpak.yaml'), config);
  if (keys === 0) return undefined;
  const args = ['keys', 'create', '--home', home, '--name', 'bench', '--count', String(keys)];
  const made = execFileSync(process.execPath, [tokenpakCommand, ...args], {
    encoding: 'utf8',
    maxBuffer: keys * 100 + 10_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [first] = /tpk_[\w-]+/.exec(made) ?? [];
  if (first === undefined) throw new Error('no access key was made');
  return first;
}
