import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Journal } from './journal.ts';

export interface LifecycleParts {
  readonly journal: Journal;
  /** A detached proxy reads its configuration again on SIGHUP; one with a terminal has lost it, and drains. */
  readonly detached: boolean;
  /** Before anything is said of an end: a screen would hide it. */
  readonly ending: () => void;
  /** Lets requests end, for so long, or as configured; settles when the proxy is gone. */
  readonly drain: (drainMs: number | null) => Promise<void>;
  /** Ends the proxy at once. */
  readonly kill: () => Promise<void>;
  readonly reload: () => Promise<unknown>;
}

export interface Lifecycle {
  /** The code to exit with, once the proxy is gone. */
  readonly ended: Promise<ExitCode>;
  readonly drain: (why: string, drainMs: number | null) => void;
  /** The proxy is gone, and will not come back by itself. */
  readonly lost: () => void;
  /** Takes the listeners off again. */
  readonly dispose: () => void;
}

type Listeners = Readonly<Record<string, (...args: unknown[]) => void>>;

/** Decides when a running proxy ends, and with what exit code: signals, faults of our own, and the control socket. */
export function createLifecycle({ journal, detached, ending, drain, kill, reload }: LifecycleParts): Lifecycle {
  let end: (code: ExitCode) => void = () => undefined;
  const ended = new Promise<ExitCode>((resolve) => (end = resolve));
  let draining = false;

  const listeners: Listeners = {
    SIGINT: () => interrupted('SIGINT', exitCodes.interrupted),
    SIGTERM: () => interrupted('SIGTERM', exitCodes.terminated),
    SIGHUP: () => {
      if (detached) void reload();
      else begin('the terminal is gone', null, exitCodes.ok);
    },
    // Without a listener, this signal opens the inspector, through which everything could be read.
    SIGUSR1: () => undefined,
    uncaughtException: (error) => faulted('an error that nobody caught', error),
    unhandledRejection: (reason) => faulted('a rejection that nobody handled', reason),
  };
  for (const [event, listener] of Object.entries(listeners)) process.on(event, listener);

  return {
    ended,
    drain: (why, drainMs) => begin(why, drainMs, exitCodes.ok),
    lost: () => end(exitCodes.internal),
    dispose() {
      for (const [event, listener] of Object.entries(listeners)) process.off(event, listener);
    },
  };

  function begin(why: string, drainMs: number | null, code: ExitCode): void {
    if (draining) return;
    draining = true;
    ending();
    journal.log('info', why);
    drain(drainMs).then(
      () => end(code),
      (error: unknown) => {
        journal.failure('the proxy could not drain', error);
        end(exitCodes.internal);
      },
    );
  }

  function interrupted(signal: string, codeWhenCut: ExitCode): void {
    if (!draining) return begin(`${signal}: draining; once more to stop at once`, null, exitCodes.ok);
    journal.log('warn', `${signal}: stopping at once`);
    // The code is settled first: what the interrupted drain has to say comes too late.
    end(codeWhenCut);
    void kill();
  }

  function faulted(what: string, thrown: unknown): void {
    ending();
    journal.failure(what, thrown);
    begin('draining after a fault', null, exitCodes.internal);
  }
}
