import { exitCodes, type ExitCode } from './exit-codes.ts';
import { type ControlledProxy, openScreen, type ScreenFlags } from './open-screen.ts';
import type { ScreenChoice } from './screen-choice.ts';
import { speakStates } from './speak-states.ts';
import type { Terminal } from './terminal.ts';

export interface TopOptions {
  readonly choice: Exclude<ScreenChoice, 'lines'>;
  /** Of the proxy, without a path. */
  readonly url: string;
  readonly token: string | null;
  readonly flags: ScreenFlags;
  /** Null: nothing can be changed. */
  readonly control: ControlledProxy | null;
}

const endings = { SIGINT: exitCodes.ok, SIGTERM: exitCodes.terminated, SIGHUP: exitCodes.ok } as const;

/** Shows a proxy that somebody else runs, until whoever watches leaves; gives the exit code. */
export async function showUntilLeft(terminal: Terminal, options: TopOptions): Promise<ExitCode> {
  const { choice, url, token, flags, control } = options;
  let end: (code: ExitCode) => void = () => undefined;
  const ended = new Promise<ExitCode>((resolve) => (end = resolve));
  for (const [signal, code] of Object.entries(endings)) process.once(signal, () => end(code));
  if (choice === 'sentences') {
    const stop = speakStates(terminal, { url, token });
    return ended.finally(stop);
  }
  const leave = (): void => end(exitCodes.ok);
  const suspended = 'tokenpak top is suspended: fg goes on. The proxy is not touched.';
  const shown = { url, token, flags, suspended, control };
  const screen = await openScreen(terminal, { ...shown, leave, stop: leave, lost: leave });
  const failed = (error: unknown): void => {
    // The terminal first: what is said on a screen that goes away is not read.
    screen.close();
    terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    end(exitCodes.internal);
  };
  process.on('uncaughtException', failed).on('unhandledRejection', failed);
  return ended.finally(() => screen.close());
}
