import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { vi } from 'vitest';
import type { CommandLine } from './command-line.ts';

const bin = fileURLToPath(new URL('../../bin/tokenpak.js', import.meta.url));
/** Others may want the machine as well. */
const patienceMs = 60_000;

/** Whether a pseudo-terminal can be had here: from `script` of util-linux. That of BSD and macOS takes other options. */
export const hasPseudoTerminals = isUtilLinux();
if (!hasPseudoTerminals)
  process.stderr.write('no script of util-linux here: tests on a pseudo-terminal are left out\n');
vi.setConfig({ testTimeout: 2 * patienceMs, hookTimeout: patienceMs });

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Where the program's standard input is no terminal. */
  readonly stdin?: string;
  /** What runs: the built program with its arguments, unless it is something else. */
  readonly program?: readonly string[];
}

/** A program on a real terminal, and what that shows. */
export interface PseudoTerminal {
  /** All that was written to the terminal. */
  readonly raw: () => string;
  /** Waits until the screen matches, and gives all of it. */
  readonly shows: (pattern: RegExp) => Promise<string>;
  /** Waits until the screen does not match any more. */
  readonly hides: (pattern: RegExp) => Promise<string>;
  /** Waits until something was written, wherever it stands now. */
  readonly wrote: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly screen: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Of the program. */
  readonly pid: () => number;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The terminal goes away, as a closed window does. */
  readonly hangUp: () => void;
  /** Settles with the program's exit code. */
  readonly finished: Promise<number | null>;
  /** What `stty -a` says before the program and after it. */
  readonly settings: () => { readonly before: string; readonly after: string };
}

let opened = 0;

/** Runs the built program in a pseudo-terminal with an emulator on its other side, with the home of a command line. */
export function openTerminal(cli: CommandLine, args: readonly string[], options: TerminalOptions = {}): PseudoTerminal {
  const { columns = 80, rows = 24, env = {}, stdin, program = [process.execPath, bin] } = options;
  const file = (name: string): string => path.join(cli.home, `terminal-${process.pid}-${files}-${name}`);
  const files = ++opened;
  const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'utf8').trim() : '');
  const command = [...program, ...args].map(quoted).join(' ');
  const script = [
    // The shell outlives what the terminal sends to all of them.
    'trap : INT TERM HUP',
    `stty cols ${columns} rows ${rows}`,
    `tty > ${file('tty')}`,
    `stty -a > ${file('before')}`,
    `sh -c 'echo $$ > ${file('pid')}; exec "$@"' sh ${command}${stdin === undefined ? '' : ` < ${stdin}`}`,
    'code=$?',
    `stty -a > ${file('after')}`,
    'exit $code',
  ].join('\n');
  const base = { PATH: process.env['PATH'], HOME: cli.home, TOKENPAK_HOME: cli.home, TMPDIR: cli.home, TZ: 'UTC' };
  const child = spawn('script', ['-qfec', script, '/dev/null'], {
    env: { ...base, SHELL: '/bin/sh', TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env },
    cwd: cli.home,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  const finished = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const pid = (): number => Number(read('pid'));
  cli.ending(async () => {
    // Its shell, and script itself, end with it.
    if (child.exitCode === null && child.signalCode === null && pid() > 0) kill(pid(), 'SIGKILL');
    await finished;
  });
  const view = new TerminalView(child, columns, rows);
  return {
    raw: () => view.raw,
    screen: () => view.screen(),
    shows: async (pattern) => {
      await view.until(() => pattern.test(view.screen()), `shown: ${String(pattern)}`);
      return view.screen();
    },
    hides: async (pattern) => {
      await view.until(() => !pattern.test(view.screen()), `hidden: ${String(pattern)}`);
      return view.screen();
    },
    wrote: async (pattern) => {
      await view.until(() => pattern.test(view.raw), `written: ${String(pattern)}`);
      return pattern.exec(view.raw)!;
    },
    type: (keys) => void child.stdin.write(keys),
    resize(wide, high) {
      view.resize(wide, high);
      execFileSync('stty', ['-F', read('tty'), 'cols', String(wide), 'rows', String(high)]);
    },
    pid,
    signal: (signal) => kill(pid(), signal),
    hangUp: () => child.kill('SIGKILL'),
    finished,
    settings: () => ({ before: read('before'), after: read('after') }),
  };
}

/** What an emulator makes of what a program writes. */
class TerminalView {
  raw = '';
  readonly #emulator: xterm.Terminal;
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcess, columns: number, rows: number) {
    this.#emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.raw += text;
      this.#emulator.write(text, () => {
        for (const look of this.#waiting) look();
      });
    });
  }

  screen(): string {
    const { active } = this.#emulator.buffer;
    return Array.from({ length: this.#emulator.rows }, (_, row) =>
      active.getLine(active.viewportY + row)!.translateToString(true),
    ).join('\n');
  }

  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
  }

  /** Looks whenever something was written. */
  until(check: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!check()) return;
        this.#waiting.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`not ${what}\n${this.screen()}\n${JSON.stringify(this.raw.slice(-2000))}`));
      }, patienceMs);
      this.#waiting.add(look);
      look();
    });
  }
}

/** It may have ended by itself. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function isUtilLinux(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(
      'util-linux',
    );
  } catch {
    return false;
  }
}
