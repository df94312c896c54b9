/** A stream to be paced: so many events, then its end. */
interface PacedStream {
  readonly events: number;
  readonly event: () => void;
  readonly end: () => void;
}

export interface Pacer {
  readonly add: (stream: PacedStream) => void;
}

const periodMs = 50;

/**
 * Gives every stream an event each 50 ms, 20 a second. The streams are spread over 50 slots of 1 ms by their number, and
 * a tick that comes late makes up for what it missed, so that the schedule does not drift.
 */
export function createPacer(): Pacer {
  const slots = Array.from({ length: periodMs }, () => new Map<PacedStream, number>());
  let streams = 0;
  let next = 0;
  let slot = 0;
  let timer: NodeJS.Timeout | null = null;

  const run = (waiting: Map<PacedStream, number>): void => {
    for (const [stream, left] of waiting) {
      if (left > 0) {
        waiting.set(stream, left - 1);
        stream.event();
      } else {
        waiting.delete(stream);
        streams -= 1;
        stream.end();
      }
    }
  };

  const tick = (): void => {
    const now = performance.now();
    for (; next <= now; next += 1) {
      run(slots[slot] as Map<PacedStream, number>);
      slot = (slot + 1) % periodMs;
    }
    if (streams > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };

  let count = 0;
  return {
    add(stream) {
      slots[count++ % periodMs]?.set(stream, stream.events);
      streams += 1;
      if (timer !== null) return;
      next = performance.now() + 1;
      timer = setInterval(tick, 1);
    },
  };
}
