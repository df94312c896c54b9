import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { type Key, render, Transform, useInput } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import type { Screen } from './screen.ts';
import type { TerminalSession } from './terminal-session.ts';

/** Where the rows of the screen come from: already painted, and another array whenever one of them has changed. */
export interface LineStore {
  readonly subscribe: (onChange: () => void) => () => void;
  readonly lines: () => readonly string[];
}

type OnKey = (input: string, key: Key) => void;

export interface InkScreenOptions {
  readonly session: TerminalSession;
  readonly store: LineStore;
  readonly onKey: OnKey;
  /** Told how long it took from a change in the store until its frame was written. */
  readonly onFrame?: (tookMs: number) => void;
}

/** Stands for row 0 in Ink's frames, the next one for row 1; no painted row is looked through for them. */
const firstMark = 0xe0_00;
const marks = /[\uE000-\uF8FF]/gu;

/** The rows that stand behind the marks of a frame. */
interface MarkedRows {
  lines: readonly string[];
}

interface ScreenLinesProps {
  readonly store: LineStore;
  readonly marked: MarkedRows;
}

/**
 * All rows as one text node. Ink would take each row apart and put it together again, and keep for ever what it has
 * measured of every text that it ever saw. So it lays out marks, one a row, and the rows are put in their place behind
 * it: at 140x40 a fifth of the time, and a heap that does not grow.
 */
function ScreenLines({ store, marked }: ScreenLinesProps): React.ReactNode {
  const lines = useSyncExternalStore(store.subscribe, store.lines);
  if (lines.length === 0) return null;
  const toMark = (_: string, row: number): string => {
    marked.lines = lines;
    return String.fromCodePoint(firstMark + row);
  };
  return <Transform transform={toMark}>{lines.map(() => '.').join('\n')}</Transform>;
}

function Keys({ onKey }: { readonly onKey: OnKey }): React.ReactNode {
  useInput(onKey);
  return null;
}

/** However Ink comes to an end, a signal or a fault included, the terminal is given back with it. */
function GiveBack({ session }: { readonly session: TerminalSession }): React.ReactNode {
  useLayoutEffect(() => () => session.close(), [session]);
  return null;
}

/** Ink's standard output: puts rows in the place of their marks, and hands the frame to the screen. */
class InkOutput extends EventEmitter {
  readonly isTTY = false;
  readonly marked: MarkedRows = { lines: [] };
  readonly #screen: Screen;
  readonly #onWritten: () => void;

  constructor(screen: Screen, onWritten: () => void) {
    super();
    this.#screen = screen;
    this.#onWritten = onWritten;
    screen.on('resize', this.#resized);
  }

  get columns(): number {
    return this.#screen.columns;
  }

  get rows(): number {
    return this.#screen.rows;
  }

  get writable(): boolean {
    return this.#screen.writable;
  }

  write(frame: string): boolean {
    this.#screen.write(frame.replace(marks, (mark) => this.marked.lines[mark.codePointAt(0)! - firstMark] ?? ''));
    this.#onWritten();
    return true;
  }

  end(): void {
    this.#screen.off('resize', this.#resized);
  }

  readonly #resized = (): void => void this.emit('resize');
}

/** Shows what is in the store, in the session's terminal, until it is unmounted: then that is given back. */
export function openInkScreen({ session, store, onKey, onFrame }: InkScreenOptions): { unmount: () => void } {
  let changedAt: number | null = null;
  const watched: LineStore = {
    lines: store.lines,
    subscribe: (onChange) =>
      store.subscribe(() => {
        changedAt ??= performance.now();
        onChange();
      }),
  };
  const output = new InkOutput(session.screen, () => {
    if (changedAt !== null) onFrame?.(performance.now() - changedAt);
    changedAt = null;
  });
  const input = session.input ?? new Readable({ read: () => undefined });
  const instance = render(
    <>
      <ScreenLines store={watched} marked={output.marked} />
      {session.input === null ? null : <Keys onKey={onKey} />}
      <GiveBack session={session} />
    </>,
    {
      stdout: output as unknown as NodeJS.WriteStream,
      stdin: input as unknown as NodeJS.ReadStream,
      debug: true,
      patchConsole: false,
      exitOnCtrlC: false,
      isScreenReaderEnabled: false,
    },
  );
  return {
    unmount: () => {
      instance.unmount();
      output.end();
    },
  };
}
