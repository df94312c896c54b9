import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { CapacityOptions } from './options.ts';

export interface Admission {
  /** Runs `enter` when there is a place: at once, or within the queue's time; else `refuse`. Each `enter` owes one `leave`. */
  readonly ask: (enter: () => void, refuse: (error: ProxyError) => void) => void;
  readonly leave: () => void;
  readonly inFlight: () => number;
}

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: (error: ProxyError) => void;
}

/** Holds the number of exchanges in flight. Who comes last is served first: its client is the likeliest to be still there. */
export function createAdmission(options: CapacityOptions, clock: Clock): Admission {
  let inFlight = 0;
  const queue: Waiting[] = [];
  let sweeping: (() => void) | null = null;

  function sweep(): void {
    const now = clock.now();
    while (queue[0] && now - queue[0].since >= options.queueMs) queue.shift()?.refuse(overloaded());
    if (queue.length > 0) return;
    sweeping?.();
    sweeping = null;
  }

  function overloaded(): ProxyError {
    return new ProxyError('overloaded', `${options.inFlight} requests are already in flight`);
  }

  return {
    ask(enter, refuse) {
      if (inFlight < options.inFlight) {
        inFlight++;
        return enter();
      }
      if (queue.length >= options.queue) return refuse(overloaded());
      queue.push({ since: clock.now(), enter, refuse });
      sweeping ??= clock.every(100, sweep);
    },
    leave() {
      const next = queue.pop();
      if (next) next.enter();
      else inFlight--;
    },
    inFlight: () => inFlight,
  };
}
