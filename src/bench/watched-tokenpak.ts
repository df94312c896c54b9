import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Children } from './processes/children.ts';
import { nodeOn, type Cores } from './processes/cores.ts';
import { freePort, untilListening } from './processes/port.ts';
import { createUpdateReader } from './screen-updates.ts';
import { tokenpakCommand } from './tokenpak.ts';

/** In cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface WatchedOptions {
  readonly children: Children;
  /** Null: wherever the system wants. */
  readonly cores: Cores | null;
  /** Where the mock listens that stands for Anthropic. */
  readonly upstreamPort: number;
  /** Null: without a screen, its output goes into a pipe. */
  readonly terminal: TerminalSize | null;
}

/** A proxy as it is by default, in a scratch home of its own, whose output is read to the end and thrown away. */
export interface WatchedTokenpak {
  readonly port: number;
  readonly pid: number;
  /** Bytes of each update of the screen since the last time this was asked. */
  readonly takeUpdates: () => number[];
  /** Milliseconds from its port being bound to the end of its first update; fails where none comes. */
  readonly firstPaintMs: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const stopMs = 15_000;
const firstPaintLimitMs = 15_000;

/** `script` of util-linux makes a terminal without a module that would have to be compiled. Others go by other options. */
export function hasTerminals(): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return /util-linux/.test(stdout ?? '');
}

/** As a terminal of today has it, whoever runs the benchmark, and wherever. */
const environment = {
  ...{ TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', SHELL: '/bin/sh' },
  ...{ CI: undefined, CONTINUOUS_INTEGRATION: undefined, INK_SCREEN_READER: undefined },
  ...{ NO_COLOR: undefined, FORCE_COLOR: undefined, COLUMNS: undefined, LINES: undefined, NODE_ENV: undefined },
};

/** Starts tokenpak on a terminal, or into a pipe, and waits until its port takes connections. */
export async function startWatched(options: WatchedOptions): Promise<WatchedTokenpak> {
  const port = await freePort();
  const { child, messages, output } = options.children.piped(commandOf(options, port), environment);
  let updates: number[] = [];
  let paint: (at: number) => void;
  const painted = new Promise<number>((resolve) => (paint = resolve));
  const read = createUpdateReader((bytes) => {
    updates.push(bytes);
    paint(performance.now());
  });
  output.on('data', read);
  await untilListening(port, child).catch((cause: unknown) => {
    throw new Error(`tokenpak did not start: ${messages()}`, { cause });
  });
  const boundAt = performance.now();
  const pid = await pidOf(port);
  return {
    ...{ port, pid },
    takeUpdates() {
      const taken = updates;
      updates = [];
      return taken;
    },
    firstPaintMs: async () => (await within(firstPaintLimitMs, painted)) - boundAt,
    async stop() {
      const exit = once(child, 'exit');
      process.kill(pid, 'SIGTERM');
      const timer = setTimeout(() => process.kill(pid, 'SIGKILL'), stopMs);
      await exit;
      clearTimeout(timer);
    },
  };
}

function commandOf({ children, cores, upstreamPort, terminal }: WatchedOptions, port: number): string[] {
  const { command, args } = nodeOn(cores?.relay ?? null);
  const upstream = `anthropic=http://127.0.0.1:${upstreamPort}`;
  const options = ['--port', String(port), '--home', children.scratchDirectory(), '--upstream', upstream];
  const start = [command, ...args, tokenpakCommand, 'start', ...options];
  if (terminal === null) return [...start, '--no-tui'];
  const { columns, rows } = terminal;
  const inTerminal = `stty cols ${columns} rows ${rows}; exec ${start.map(quoted).join(' ')}`;
  const script = ['script', '--quiet', '--return', '--flush', '--command', inTerminal, '/dev/null'];
  // A terminal is no part of tokenpak: its work is done where the load is.
  return cores === null ? script : ['taskset', '--cpu-list', String(cores.load), ...script];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

async function pidOf(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  return ((await response.json()) as { pid: number }).pid;
}

async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no screen within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
