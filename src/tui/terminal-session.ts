import type { Device } from './device.ts';
import { InputFilter } from './input-filter.ts';
import { Screen } from './screen.ts';

/** The process that the terminal belongs to: `process`, or a test's. */
export interface Host {
  on(event: 'exit' | 'SIGCONT', listener: () => void): unknown;
  off(event: 'exit' | 'SIGCONT', listener: () => void): unknown;
  emit(event: 'SIGWINCH', signal: 'SIGWINCH'): unknown;
  kill(pid: number, signal: 'SIGTSTP'): unknown;
}

export interface TerminalSessionOptions {
  readonly device: Device;
  /** Asks the terminal to report focus, and is told of it. */
  readonly onFocus?: (focused: boolean) => void;
  /** The screen is there again after the process was stopped: what it shows is old. */
  readonly onResume?: () => void;
  readonly host?: Host;
}

/** Longer than the kernel takes to stop a process. */
const stoppedWithinMs = 250;

/**
 * Owns the terminal from `start` to `close`: raw mode, buffers, cursor. It is given back whenever the process exits;
 * signals and errors that nobody caught are the caller's affair, who closes before anything else.
 */
export class TerminalSession {
  readonly screen: Screen;
  /** What is typed, for Ink; null where keys cannot be read. */
  readonly input: InputFilter | null;
  readonly #device: Device;
  readonly #host: Host;
  readonly #onResume: () => void;
  #state: 'new' | 'shown' | 'suspended' | 'lent' | 'closed' = 'new';
  #timer: NodeJS.Timeout | undefined;

  constructor({ device, onFocus, onResume = () => undefined, host = process }: TerminalSessionOptions) {
    this.#device = device;
    this.#host = host;
    this.#onResume = onResume;
    this.screen = new Screen(device.output, { reportFocus: onFocus !== undefined });
    this.input = device.input === null ? null : new InputFilter(device.input, onFocus === undefined ? {} : { onFocus });
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'shown';
    this.#host.on('exit', this.#exited);
    this.#host.on('SIGCONT', this.#continued);
    this.#device.output._handle?.setBlocking?.(false);
    this.screen.enter();
  }

  /** Gives the terminal back as it was. Does nothing where that was done. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#host.off('exit', this.#exited);
    this.#host.off('SIGCONT', this.#continued);
    this.#setRawMode(false);
    // What is written last must get out before the process ends, unless nobody reads it.
    if (!this.screen.behind) this.#device.output._handle?.setBlocking?.(true);
    this.screen.close();
  }

  /**
   * Gives the terminal back and stops the process as the terminal itself would have, had it not been in raw mode: with
   * all others of its job, such as the `npx` that started it. Where no shell could continue it (an orphaned process
   * group), the kernel does not stop it, and the screen comes back by itself.
   * @param message left on the terminal meanwhile
   */
  suspend(message = ''): void {
    if (this.#state !== 'shown') return;
    this.#state = 'suspended';
    this.#setRawMode(false);
    this.screen.leave(message === '' ? '' : `${message}\r\n`);
    this.#host.kill(0, 'SIGTSTP');
    this.#timer = setTimeout(() => {
      if (this.#state === 'suspended') this.#show();
    }, stoppedWithinMs);
  }

  /** Gives the terminal to somebody else, such as a pager, until that is done. */
  async lend(borrower: () => Promise<void>): Promise<void> {
    if (this.#state !== 'shown') return;
    this.#state = 'lent';
    this.#setRawMode(false);
    this.#device.input?.pause();
    this.screen.leave();
    try {
      await borrower();
    } finally {
      if (this.#state === 'lent') {
        if (this.input?.raw === true) this.#device.input?.resume();
        this.#show();
      }
    }
  }

  /** After a stop of our own, or somebody else's: then the shell may have changed the terminal as well. */
  readonly #continued = (): void => {
    if (this.#state === 'shown' || this.#state === 'suspended') this.#show();
  };

  #show(): void {
    this.#state = 'shown';
    clearTimeout(this.#timer);
    // In the background, changing the mode stops the process once more, before it writes over the shell's lines.
    this.#setRawMode(false);
    if (this.input?.raw === true) this.#setRawMode(true);
    // The size is read anew: a terminal tells changes only to what is in its foreground.
    this.#host.emit('SIGWINCH', 'SIGWINCH');
    this.screen.enter();
    this.#onResume();
  }

  #setRawMode(raw: boolean): void {
    try {
      this.#device.input?.setRawMode(raw);
    } catch {
      // The terminal is gone: the screen says so.
    }
  }

  readonly #exited = (): void => this.close();
}
