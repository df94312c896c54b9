import type { Terminal } from './terminal.ts';

/** Options that stand before or behind any command. */
export interface GlobalOptions {
  readonly config?: string;
  readonly home?: string;
}

/** What a command's module is handed. It returns a commander `Command`; its action runs once the line has been read. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Variables as the user's shell has them, where the program has set others for itself; undefined where it has none. */
  readonly startedWith?: Readonly<Record<string, string | undefined>>;
  /** To be asked in an action, not before: the command line has been read by then. */
  readonly globals: () => GlobalOptions;
}
