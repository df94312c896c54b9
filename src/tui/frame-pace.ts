/** What the pace of frames depends on. Times are milliseconds of any one clock. */
export interface PaceInput {
  readonly now: number;
  /** Since the last frame, something to show has changed. */
  readonly changed: boolean;
  /** A key was pressed, the size has changed, the process goes on: what is shown must follow at once. */
  readonly urgent: boolean;
  /** Nobody looks, or whoever looks wants it to stand still. */
  readonly still: boolean;
}

const liveMs = 250;
const idleMs = 1000;
const urgentMs = 50;
/** A frame is one block of the thread: beyond this, every second one is left out, and so on. */
const costlyFrameMs = 25;
const cheapFrameMs = 15;
const judgedFrames = 15;
/** What the thread that draws may take of a core, where half of that or more are frames. */
const busyShare = 0.05;
/** What it may take with twice as many frames, for them to come back. */
const calmShare = 0.04;
const slowest = 8;

/** Decides when frames are due, and draws fewer where they are costly. It has no clock of its own. */
export class FramePace {
  readonly #loadShare: () => number | null;
  #lastFrame = -Infinity;
  #costs: number[] = [];
  #judgedAt = -Infinity;
  #stretch = 1;

  /** @param loadShare how busy the thread was since the last call, 0 to 1; null where that is not known */
  constructor(loadShare: () => number | null = () => 0) {
    this.#loadShare = loadShare;
  }

  /** Frames are costly here: there are fewer than there should be. */
  get slow(): boolean {
    return this.#stretch > 1;
  }

  /** Milliseconds until the next frame, 0 where it is due; null where none is. */
  dueIn({ now, changed, urgent, still }: PaceInput): number | null {
    if (still && !urgent) return null;
    const pause = urgent ? urgentMs : (changed ? liveMs : idleMs) * this.#stretch;
    return Math.max(this.#lastFrame + pause - now, 0);
  }

  /** A frame was drawn at `now`, which took so long. */
  drawn(now: number, tookMs: number): void {
    this.#lastFrame = now;
    this.#costs.push(tookMs);
    if (this.#costs.length < judgedFrames) return;
    const median = this.#costs.toSorted((one, other) => one - other)[Math.floor(judgedFrames / 2)]!;
    const spentMs = this.#costs.reduce((sum, cost) => sum + cost, 0);
    this.#stretch = this.#judge(median, spentMs / (now - this.#judgedAt));
    this.#costs = [];
    this.#judgedAt = now;
  }

  /** @param framesShare how much of the time frames were drawn, 0 to 1 */
  #judge(medianMs: number, framesShare: number): number {
    const share = this.#loadShare();
    if (medianMs > costlyFrameMs) return Math.min(this.#stretch * 2, slowest);
    if (share === null) return this.#stretch;
    // What else the thread does would not become less with fewer frames.
    if (share > busyShare && framesShare >= share / 2) return Math.max(this.#stretch, 2);
    const isCalm = medianMs < cheapFrameMs && share + framesShare <= calmShare;
    return isCalm ? Math.max(this.#stretch / 2, 1) : this.#stretch;
  }
}
