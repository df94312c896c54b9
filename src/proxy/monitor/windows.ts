import { Block } from './block.ts';
import type { Measured } from './measured.ts';
import type { WindowJson, WindowName } from './snapshot.ts';

/** Blocks of the last `size` spans of time, each remembered by its span's number, so that a gap needs no sweeping. */
class Ring {
  readonly spanSeconds: number;
  readonly #slots: ({ span: number; readonly block: Block } | undefined)[];

  constructor(size: number, spanSeconds: number) {
    this.spanSeconds = spanSeconds;
    this.#slots = Array.from({ length: size }, () => undefined);
  }

  /** The block of the span that a second lies in. */
  at(second: number): Block {
    const span = Math.floor(second / this.spanSeconds);
    const index = span % this.#slots.length;
    const slot = (this.#slots[index] ??= { span, block: new Block() });
    if (slot.span !== span) {
      slot.block.clear();
      slot.span = span;
    }
    return slot.block;
  }

  /**
   * All that happened in the span that a moment lies in and the `spans - 1` before it.
   *
   * @param at monotonic milliseconds
   * @param since when counting began, likewise
   */
  window(spans: number, at: number, since: number): WindowJson {
    const newest = Math.floor(at / 1000 / this.spanSeconds);
    const sum = new Block();
    for (const slot of this.#slots) {
      if (slot && slot.span <= newest && slot.span > newest - spans) sum.merge(slot.block);
    }
    const from = (newest - spans + 1) * this.spanSeconds * 1000;
    return { seconds: secondsBetween(Math.max(since, from), at), ...sum.toJson() };
  }
}

export interface Windows {
  readonly add: (measured: Measured) => void;
  /** Since the windows were made. */
  readonly run: () => WindowJson;
  /** The same, of which only these two are wanted. */
  readonly totals: () => { readonly requests: number; readonly errors: number };
  readonly last: () => Record<WindowName, WindowJson>;
}

/**
 * Sums over the last minute (to the second), 5 minutes, 15 minutes and hour (to the minute) and day (to the hour), by
 * monotonic time. A request is added to one block; that block goes up into all rings when its second is over or when
 * somebody asks.
 */
export function createWindows(now: () => number): Windows {
  const seconds = new Ring(60, 1);
  const minutes = new Ring(60, 60);
  const hours = new Ring(24, 3600);
  const startedAt = now();
  const run = new Block();
  const fresh = new Block();
  let freshSecond = Math.floor(startedAt / 1000);

  function settle(): void {
    if (fresh.requests === 0) return;
    for (const ring of [seconds, minutes, hours]) ring.at(freshSecond).merge(fresh);
    run.merge(fresh);
    fresh.clear();
  }

  return {
    add(measured) {
      const second = Math.floor(measured.record.marks.ended / 1000);
      if (second > freshSecond) {
        settle();
        freshSecond = second;
      }
      fresh.add(measured);
    },
    run() {
      settle();
      return { seconds: secondsBetween(startedAt, now()), ...run.toJson() };
    },
    totals: () => ({ requests: run.requests + fresh.requests, errors: run.errors + fresh.errors }),
    last() {
      settle();
      const at = now();
      return {
        '1m': seconds.window(60, at, startedAt),
        '5m': minutes.window(5, at, startedAt),
        '15m': minutes.window(15, at, startedAt),
        '1h': minutes.window(60, at, startedAt),
        '24h': hours.window(24, at, startedAt),
      };
    },
  };
}

function secondsBetween(from: number, to: number): number {
  return Math.round(to - from) / 1000;
}
