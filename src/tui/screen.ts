import { EventEmitter } from 'node:events';
import { type DeviceOutput, sizeOf } from './device.ts';
import { blankRows, frameUpdate, type ShownRow } from './frame-update.ts';

const enterSequence = '\u001B[?1049h\u001B[?25l\u001B[?7l\u001B[r\u001B[m\u001B[2J';
const leaveSequence = '\u001B[m\u001B[?7h\u001B[?25h\u001B[?1049l';
const clearSequence = '\u001B[m\u001B[2J';
/** Reports of focus: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, DEC private mode 1004. */
const reportFocusSequence = '\u001B[?1004h';
const ignoreFocusSequence = '\u001B[?1004l';
/** What stands between them is shown at once by terminals that know it: DEC private mode 2026. */
const beginUpdate = '\u001B[?2026h';
const endUpdate = '\u001B[?2026l';

export interface ScreenEvents {
  /** The terminal has another size; everything will be painted anew. */
  readonly resize: [];
  /** The terminal is gone: nothing is written any more. Said once. */
  readonly lost: [];
}

/**
 * The whole terminal, on its alternate buffer. Is handed whole frames, rows of text and colours between newlines, and
 * writes the cells that changed. Ink takes it for its standard output, in `debug` mode, in which it writes nothing else.
 */
export class Screen extends EventEmitter<ScreenEvents> {
  /** False, so that Ink leaves the cursor to us; it writes frames all the same. */
  readonly isTTY = false;
  /** Since the beginning, for those who measure. */
  readonly written = { frames: 0, bytes: 0 };
  readonly #output: DeviceOutput;
  readonly #reportFocus: boolean;
  #shown: readonly ShownRow[] = [];
  #shownSize = { columns: 0, rows: 0 };
  #newest: string | null = null;
  #entered = false;
  #stale = false;
  #behind = false;
  #lost = false;

  constructor(output: DeviceOutput, { reportFocus = false }: { readonly reportFocus?: boolean } = {}) {
    super();
    this.#output = output;
    this.#reportFocus = reportFocus;
    output.on('resize', this.#resized);
    output.on('drain', this.#drained);
    output.on('error', this.#fail);
  }

  get columns(): number {
    return sizeOf(this.#output).columns;
  }

  get rows(): number {
    return sizeOf(this.#output).rows;
  }

  /** As Ink asks before its last frame. */
  get writable(): boolean {
    return !this.#lost;
  }

  /** The terminal has not read yet what it was sent. */
  get behind(): boolean {
    return this.#behind;
  }

  /** Takes the terminal, and shows the newest frame: what stood on it is kept, and comes back by `leave`. */
  enter(): void {
    this.#entered = true;
    this.#forget();
    this.#stale = false;
    this.#send(enterSequence + (this.#reportFocus ? reportFocusSequence : ''));
    this.#paint();
  }

  /** Gives the terminal back as it was, with a few words behind that. Does nothing where it was given back. */
  leave(words = ''): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#send((this.#reportFocus ? ignoreFocusSequence : '') + leaveSequence + words);
  }

  /** What is on the terminal is not known any more: the next frame is painted on a cleared one. */
  invalidate(): void {
    this.#forget();
    this.#stale = true;
  }

  /** Paints the newest frame on a cleared terminal. */
  repaint(): void {
    this.invalidate();
    this.#paint();
  }

  /** A whole frame. Those that come while the terminal is behind are skipped, but for the newest. */
  write(frame: string, callback?: () => void): boolean {
    this.#newest = frame;
    this.#paint();
    if (callback !== undefined) queueMicrotask(callback);
    return true;
  }

  /** Puts a text on the terminal's clipboard, where it lets programs do so: OSC 52 of the same page. */
  copy(text: string): void {
    this.#send(`\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`);
  }

  /** Leaves, and takes its listeners off the device; all but the one that swallows its errors. */
  close(): void {
    this.leave();
    this.#output.off('resize', this.#resized);
    this.#output.off('drain', this.#drained);
  }

  #paint(): void {
    if (!this.#entered || this.#behind || this.#newest === null) return;
    const { columns, rows } = sizeOf(this.#output);
    if (columns !== this.#shownSize.columns || rows !== this.#shownSize.rows) this.#resize(columns, rows);
    const clear = this.#stale ? clearSequence : '';
    const { text, shown } = frameUpdate(this.#shown, this.#newest.split('\n', rows), columns);
    this.#shown = shown;
    this.#stale = false;
    if (clear + text === '') return;
    this.written.frames++;
    this.#send(beginUpdate + clear + text + endUpdate);
  }

  #resize(columns: number, rows: number): void {
    // Entering has cleared a terminal of any size.
    if (this.#shownSize.columns !== 0) this.invalidate();
    this.#shownSize = { columns, rows };
    this.#shown = blankRows(rows);
  }

  #forget(): void {
    this.#shown = [];
    this.#shownSize = { columns: 0, rows: 0 };
  }

  #send(text: string): void {
    if (this.#lost) return;
    this.written.bytes += Buffer.byteLength(text);
    try {
      if (!this.#output.write(text)) this.#behind = true;
    } catch {
      this.#fail();
    }
  }

  readonly #resized = (): void => {
    this.repaint();
    this.emit('resize');
  };

  readonly #drained = (): void => {
    this.#behind = false;
    this.#paint();
  };

  readonly #fail = (): void => {
    if (this.#lost) return;
    this.#lost = true;
    this.emit('lost');
  };
}
