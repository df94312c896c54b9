import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/tokenpak.js', import.meta.url));
const patienceMs = 15_000;

interface Finished {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Launched {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first match in what it has printed, once it is there. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Stops reading what it prints, as `| head` does. */
  readonly hangUp: () => void;
  readonly finished: Promise<Finished>;
}

export interface CommandLine {
  /** For configuration and state, empty at first. */
  readonly home: string;
  /** Runs the built program to its end. */
  readonly run: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Finished>;
  /** Runs it in the foreground for a while. */
  readonly launch: (args: readonly string[], env?: NodeJS.ProcessEnv) => Launched;
  /** Something that runs in its home, besides what it has launched, and how that is ended. */
  readonly ending: (end: () => Promise<unknown>) => void;
  /** Stops whatever still runs, and removes the home. */
  readonly close: () => Promise<void>;
}

/** The built program with a home of its own and nothing of the user's environment. */
export function commandLine(program = bin): CommandLine {
  const home = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-test-'));
  const children = new Set<ChildProcess>();
  const ends: (() => Promise<unknown>)[] = [];
  const base = { PATH: process.env.PATH, HOME: home, TOKENPAK_HOME: home, TZ: 'UTC' };

  function launch(args: readonly string[], env: NodeJS.ProcessEnv = {}): Launched {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...base, ...env },
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
    }
    const finished = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
      children.delete(child);
      return { code: code ?? signal ?? null, ...output };
    });
    return {
      pid: child.pid ?? 0,
      stdout: () => output.stdout,
      stderr: () => output.stderr,
      printed: (pattern) =>
        vi.waitFor(
          () => {
            const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
            if (match) return match;
            throw new Error(`no ${String(pattern)} in\n${output.stdout}\n${output.stderr}`);
          },
          { timeout: patienceMs },
        ),
      signal: (signal) => child.kill(signal),
      hangUp() {
        child.stdout.destroy();
        child.stderr.destroy();
      },
      finished,
    };
  }

  return {
    home,
    launch,
    run: (args, env) => launch(args, env).finished,
    ending: (end) => void ends.push(end),
    async close() {
      await Promise.all(ends.map((end) => end()));
      for (const child of children) child.kill('SIGKILL');
      // One in the background is no child of this process.
      await launch(['stop', '--drain', '0s']).finished;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
