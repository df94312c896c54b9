import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { DeviceInput } from './device.ts';

export interface InputFilterOptions {
  /** Told when the terminal reports that it has, or has not, the keyboard's focus. */
  readonly onFocus?: (focused: boolean) => void;
}

/** A terminal sends a sequence at once: what is not complete by then is the escape key, alone or before another. */
const patienceMs = 25;

const escape = '\u001B';
// X10 and SGR mouse reports, focus, bracketed paste: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const report = new RegExp(`^${escape}\\[(?:<[\\d;]*[mM]|M[^]{3}|([IO])|20[01]~)`);
/** What may be the beginning of a sequence. */
const unfinished = new RegExp(`^${escape}(?:|O|\\[(?:M[^]{0,2}|\\[?[0-?]*[ -/]*))$`);
/** A key that sends more than its character. */
const sequence = new RegExp(`^${escape}(?:\\[\\[?[0-?]*[ -/]*[@-~]|O[@-~]|${escape}(?:\\[|O)[0-?]*[@-~]|[^]?)`, 'u');

/**
 * What is typed at a terminal, as Ink's standard input: one key a read, however the bytes were cut, so that keys which
 * are typed faster than they are read stay keys. Reports of mouse, focus and paste are taken out.
 */
export class InputFilter extends Readable {
  readonly isTTY = true;
  readonly #input: DeviceInput;
  readonly #onFocus: (focused: boolean) => void;
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #timer: NodeJS.Timeout | undefined;
  #raw = false;

  constructor(input: DeviceInput, { onFocus = () => undefined }: InputFilterOptions = {}) {
    super({ objectMode: true });
    this.#input = input;
    this.#onFocus = onFocus;
  }

  /** Whether keys are wanted one by one; the device may be in another mode while the screen is left. */
  get raw(): boolean {
    return this.#raw;
  }

  /** May throw where the terminal is gone. */
  setRawMode(raw: boolean): this {
    if (raw !== this.#raw) {
      this.#raw = raw;
      if (raw) this.#input.on('data', this.#read);
      else this.#input.off('data', this.#read);
      if (raw) this.#input.resume();
      else this.#input.pause();
      this.#drop();
    }
    this.#input.setRawMode(raw);
    return this;
  }

  ref(): this {
    this.#input.ref();
    return this;
  }

  unref(): this {
    this.#input.unref();
    return this;
  }

  /** It gives nothing but text. */
  override setEncoding(): this {
    return this;
  }

  override _read(): void {
    // Keys are pushed as they come: nobody types faster than they are read.
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#pending = '';
  }

  readonly #read = (chunk: Buffer | string): void => {
    clearTimeout(this.#timer);
    this.#pending += typeof chunk === 'string' ? chunk : this.#decoder.write(chunk);
    this.#take(false);
    if (this.#pending !== '') this.#timer = setTimeout(() => this.#take(true), patienceMs);
  };

  #take(impatient: boolean): void {
    while (this.#pending !== '') {
      const reported = report.exec(this.#pending);
      if (reported !== null) {
        this.#pending = this.#pending.slice(reported[0].length);
        if (reported[1] !== undefined) this.#onFocus(reported[1] === 'I');
      } else if (!impatient && unfinished.test(this.#pending)) {
        return;
      } else {
        const key = sequence.exec(this.#pending)?.[0] ?? String.fromCodePoint(this.#pending.codePointAt(0)!);
        this.#pending = this.#pending.slice(key.length);
        this.push(key);
      }
    }
  }
}
