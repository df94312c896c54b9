import type { Dashboard } from '../tui/index.ts';
import type { Journal } from './journal.ts';
import { type ControlledProxy, openScreen, type ScreenFlags } from './open-screen.ts';
import type { ScreenChoice } from './screen-choice.ts';
import { speakStates } from './speak-states.ts';
import type { Terminal } from './terminal.ts';

export interface HostScreenOptions {
  readonly terminal: Terminal;
  readonly journal: Journal;
  readonly choice: ScreenChoice;
  readonly flags: ScreenFlags;
  /** The command that shows the screen of the proxy at a URL again. */
  readonly commandAgain: (url: string) => string;
}

interface Shown {
  readonly url: string;
  /** For an exposed proxy, or null. */
  readonly token: string | null;
  readonly control: ControlledProxy | null;
}

/** A stopped process has no thread that goes on. */
const suspended = 'tokenpak is suspended, and the proxy with it: fg goes on. (q closes the screen alone.)';

/** What the process that runs a proxy shows of it. Without it, or when it is closed, there is a line for each request. */
export class HostScreen {
  readonly #options: HostScreenOptions;
  #dashboard: Dashboard | null = null;
  #stopSpeaking = (): void => undefined;
  #isOver = false;

  constructor(options: HostScreenOptions) {
    this.#options = options;
  }

  async open({ url, token, control }: Shown): Promise<void> {
    const { terminal, journal, choice, flags } = this.#options;
    if (choice === 'lines' || this.#isOver) return;
    if (choice === 'sentences') {
      journal.divert((level, message) => (level === 'info' ? undefined : terminal.note(message)));
      this.#stopSpeaking = speakStates(terminal, { url, token });
      return;
    }
    try {
      const leave = (): void => this.#leave(url);
      // In raw mode the terminal sends no signals: the key does.
      const stop = (): void => void process.kill(process.pid, 'SIGINT');
      const lost = (): void => void process.kill(process.pid, 'SIGHUP');
      const dashboard = await openScreen(terminal, { url, token, flags, suspended, control, leave, stop, lost });
      this.#dashboard = dashboard;
      journal.divert((level, message) => dashboard.notice(level === 'debug' ? 'info' : level, message));
      // While it was loading, the end has come.
      if (this.#isOver) this.close();
    } catch (error) {
      journal.log('warn', `no screen: ${(error as Error).message}`);
    }
  }

  /** Gives the terminal back, for good. */
  close(): void {
    this.#isOver = true;
    this.#stopSpeaking();
    if (this.#dashboard === null && this.#options.choice !== 'sentences') return;
    this.#dashboard?.close();
    this.#dashboard = null;
    this.#options.journal.divert(null);
  }

  #leave(url: string): void {
    const { terminal, commandAgain } = this.#options;
    this.close();
    terminal.print(`The proxy goes on at ${url}; ctrl-c stops it, '${commandAgain(url)}' shows the screen again.`);
  }
}
