import type { Clock } from './clock.ts';
import { ProxyError } from './errors.ts';
import type { Ledger } from './ledger/index.ts';
import type { Models } from './models.ts';
import type { Monitor } from './monitor/index.ts';
import type { Door, Listener } from './server/index.ts';

const pollMs = 20;
/** How long the last words of what was cut may take to leave. */
const lastWordsMs = 500;

export interface DrainParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly monitor: Monitor;
  readonly models: Models;
}

export interface Drain {
  readonly isDraining: () => boolean;
  readonly run: (door: Door, listener: Listener, graceMs: number) => Promise<{ readonly clean: boolean }>;
  /** Gives back all that is held, without waiting for anybody. */
  readonly release: (listener: Listener) => Promise<void>;
}

/** The proxy's end: no new requests, some time for those on their way, an honest error for the rest, and everything written down. */
export function createDrain({ clock, ledger, monitor, models }: DrainParts): Drain {
  let draining = false;

  async function release(listener: Listener): Promise<void> {
    listener.destroy();
    monitor.close();
    await models.close();
    await ledger.close();
  }

  function empty(door: Door, withinMs: number): Promise<boolean> {
    const deadline = clock.now() + withinMs;
    return new Promise((resolve) => {
      const stop = clock.every(pollMs, look);
      function look(): void {
        if (door.inFlight.size > 0 && clock.now() < deadline) return;
        stop();
        resolve(door.inFlight.size === 0);
      }
      if (door.inFlight.size === 0) look();
    });
  }

  return {
    isDraining: () => draining,
    release,
    async run(door, listener, graceMs) {
      draining = true;
      door.shut();
      listener.stopListening();
      const clean = await empty(door, graceMs);
      for (const exchange of door.inFlight) exchange.breakOff(new ProxyError('draining', 'tokenpak was stopped'));
      await empty(door, lastWordsMs);
      await release(listener);
      return { clean };
    },
  };
}
