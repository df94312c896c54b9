import { Lru } from '../lru.ts';

/** A target without a model of its own is another one for each model that clients name. */
const maxTargets = 1024;
/** How fast a peak is forgotten: after so long, two thirds of it are. */
const decayMs = 10_000;

interface Load {
  inFlight: number;
  /** Peak-sensitive average of the time to the first byte, milliseconds; 0 while nothing is known. */
  latencyMs: number;
  at: number;
}

/**
 * How busy and how slow each target is; those that were not asked for longest are forgotten. The latency rises to a
 * peak at once and falls slowly (https://twitter.github.io/finagle/guide/Clients.html#power-of-two-choices-p2c-least-loaded).
 */
export class TargetLoads {
  readonly #loads = new Lru<string, Load>(maxTargets);

  #of(target: string): Load {
    let load = this.#loads.get(target);
    if (!load) this.#loads.set(target, (load = { inFlight: 0, latencyMs: 0, at: 0 }));
    return load;
  }

  /** @returns what is to be called once it is over, more than once without harm */
  begin(target: string): () => void {
    const load = this.#of(target);
    load.inFlight++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      load.inFlight--;
    };
  }

  /** @param now monotonic milliseconds */
  answered(target: string, tookMs: number, now: number): void {
    const load = this.#of(target);
    const kept = Math.exp(-(now - load.at) / decayMs);
    load.latencyMs = tookMs > load.latencyMs ? tookMs : load.latencyMs * kept + tookMs * (1 - kept);
    load.at = now;
  }

  inFlight(target: string): number {
    return this.#loads.peek(target)?.inFlight ?? 0;
  }

  /** What the next request can expect, for comparison only. */
  expectedMs(target: string): number {
    const load = this.#loads.peek(target);
    return load ? load.latencyMs * (load.inFlight + 1) : 0;
  }
}
