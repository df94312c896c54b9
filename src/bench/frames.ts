import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Chalk } from 'chalk';
import { paintLine } from '../tui/cells.ts';
import { unicodeGlyphs } from '../tui/glyphs.ts';
import { openInkScreen } from '../tui/ink-screen.tsx';
import { drawScreen } from '../tui/layout.ts';
import { createPaint } from '../tui/palette.ts';
import { ShownLines } from '../tui/shown-lines.ts';
import { DashboardStore } from '../tui/store.ts';
import { TerminalSession } from '../tui/terminal-session.ts';
import { firstView } from '../tui/view.ts';
import { createReplay, type ToldByProxy } from './replay.ts';
import type { TerminalSize } from './watched-tokenpak.ts';

/** Frames that are drawn as fast as they can be, of a proxy that is as busy as it told. */
export interface FramesJob {
  readonly told: ToldByProxy;
  readonly terminal: TerminalSize;
  readonly frames: number;
  /** The heap is compared with that after so many frames. */
  readonly settledAfter: number;
}

export interface FramesResult {
  /** MB (10^6 bytes) in use after a collection, when it has settled and in the end. */
  readonly heapMb: { readonly settled: number; readonly end: number };
  /** Entries that React or Ink have left on the performance timeline. */
  readonly performanceMeasures: number;
  /** Frames that differed from the one before. */
  readonly updates: number;
  readonly msPerFrame: number;
}

const frameMs = 250;

/** What the dashboard does for each frame, from events to the bytes for the terminal, without waiting between them. */
export async function drawFrames({ told, terminal, frames, settledAfter }: FramesJob): Promise<FramesResult> {
  let now = Date.now();
  const store = new DashboardStore({ url: 'http://127.0.0.1:1', readOnly: false, now });
  const replay = createReplay(told, store);
  const shown = new ShownLines();
  const paint = createPaint(new Chalk({ level: 1 }));
  const session = new TerminalSession({ device: nowhere(terminal) });
  session.start();
  let drawn: () => void = () => undefined;
  const ink = openInkScreen({ session, store: shown, onKey: () => undefined, onFrame: () => drawn() });
  const input = { view: firstView, detail: null, glyphs: unicodeGlyphs, isSlow: false, ...terminal };

  const draw = async (): Promise<void> => {
    now += frameMs;
    replay(now);
    store.publish(now);
    const isDrawn = new Promise<void>((resolve) => (drawn = resolve));
    const lines = drawScreen({ ...input, state: store.getSnapshot() });
    shown.show(lines.map((line) => paintLine(line, paint)));
    await isDrawn;
    await setImmediate();
  };

  const started = performance.now();
  let settled = NaN;
  for (let frame = 1; frame <= frames; frame += 1) {
    await draw();
    if (frame === settledAfter) settled = await heapMb();
  }
  const msPerFrame = (performance.now() - started) / frames;
  const performanceMeasures = performance.getEntriesByType('measure').length;
  const end = await heapMb();
  const updates = session.screen.written.frames;
  ink.unmount();
  return { heapMb: { settled, end }, performanceMeasures, updates, msPerFrame };
}

/** A terminal that reads at once, and shows nobody. */
function nowhere(size: TerminalSize) {
  return { output: { ...size, write: () => true, on: () => undefined, off: () => undefined }, input: null };
}

async function heapMb(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What is freed by callbacks of the first is collected by the second.
  for (let n = 0; n < 3; n += 1) {
    collect();
    await setImmediate();
  }
  return process.memoryUsage().heapUsed / 1e6;
}
