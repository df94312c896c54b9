import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { nodeOn } from './cores.ts';

/** A program that was started as a user would start it. What it prints is thrown away. */
interface Program {
  readonly child: ChildProcess;
  /** What it has written to its standard error so far. */
  readonly messages: () => string;
}

interface PipedProgram extends Program {
  readonly output: Readable;
}

/** Starts processes and sees to it that none outlives this one, and no scratch directory either. */
export interface Children {
  /** A module of the benchmark, with a channel for messages. */
  readonly fork: (module: URL, args: readonly string[], core: number | null) => ChildProcess;
  /** Node with these arguments. */
  readonly node: (args: readonly string[], core: number | null) => Program;
  /** Any command, in this environment, whose output is read. Its input stays open and brings nothing. */
  readonly piped: (command: readonly string[], env: NodeJS.ProcessEnv) => PipedProgram;
  /** Makes a directory that is removed in the end. */
  readonly scratchDirectory: () => string;
  /** Kills what still runs and removes the directories. It comes by itself when this process ends. */
  readonly end: () => void;
}

/** Settings of ours and of Node, proxies that would swallow what is sent, and whatever is called like a secret. */
const keptBack = /^(?:TOKENPAK_|NODE_)|(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)$|^(?:https?|all|no)_proxy$/i;

/** What a user's environment could change about the proxy does not reach the benchmark's, and no key of his does. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !keptBack.test(name));
  return Object.fromEntries(kept);
}

export function createChildren(): Children {
  const env = cleanEnvironment();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-bench-'));
  const running = new Set<ChildProcess>();
  let programs = 0;
  const end = (): void => {
    process.off('exit', end);
    for (const child of running) child.kill('SIGKILL');
    // One that was killed a moment ago may still write there: try again.
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on('exit', end);
  const keep = (child: ChildProcess): ChildProcess => {
    running.add(child);
    return child.on('exit', () => running.delete(child));
  };
  const withMessages = (start: (messages: number) => ChildProcess): Program => {
    const file = path.join(scratch, `messages-${programs++}.txt`);
    const messages = openSync(file, 'a');
    try {
      return { child: start(messages), messages: () => readFileSync(file, 'utf8') };
    } finally {
      closeSync(messages);
    }
  };
  return {
    fork(module, args, core) {
      const { command, args: execArgv } = nodeOn(core);
      return keep(fork(module, args, { execPath: command, execArgv, env, serialization: 'advanced' }));
    },
    node(args, core) {
      const { command, args: before } = nodeOn(core);
      return withMessages((messages) =>
        keep(spawn(command, [...before, ...args], { env, stdio: ['ignore', 'ignore', messages] })),
      );
    },
    piped([command = '', ...args], more) {
      const program = withMessages((file) =>
        keep(spawn(command, args, { env: { ...env, ...more }, stdio: ['pipe', 'pipe', file] })),
      );
      return { ...program, output: program.child.stdout as Readable };
    },
    scratchDirectory: () => mkdtempSync(path.join(scratch, 'home-')),
    end,
  };
}

/** The milliseconds of a whole Node process; fails where it does. */
export async function runMs(children: Children, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { child, messages } = children.node(args, null);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${messages()}`);
  return performance.now() - started;
}

/** Waits for the next message of a child; fails if it ends before. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const exit = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`a process of the benchmark ended with ${String(code)}`);
    });
    const [message] = (await Promise.race([once(child, 'message', { signal }), exit])) as [unknown];
    return message;
  } finally {
    over.abort();
  }
}

/** Asks a process to end and waits until it has, at most `limitMs`; then it is killed. */
export async function stop(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(timer);
}
