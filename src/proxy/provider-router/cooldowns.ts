import { Lru } from '../lru.ts';
import { boundedName } from '../request-json.ts';
import { retryAfterMs } from '../retry-after.ts';

const maxCooldownMs = 3_600_000;
const maxCooldowns = 4096;

/** Which key of a provider is meant, and for which model. */
export interface Cooled {
  readonly provider: string;
  readonly keyIndex: number;
  readonly model: string | null;
}

/** Who has asked to be left alone, and until when. Monotonic milliseconds. */
export class Cooldowns {
  readonly #until = new Lru<string, number>(maxCooldowns);

  /** @param retryAfter the header's values, of which the longest wait counts; without any there is no cooldown. @param wallMs what a date is compared with */
  start(of: Cooled, retryAfter: readonly string[], { now, wallMs }: { now: number; wallMs: number }): void {
    const ms = Math.max(0, ...retryAfter.map((value) => retryAfterMs(value, wallMs) ?? 0));
    if (ms > 0) this.#until.set(keyOf(of), now + Math.min(ms, maxCooldownMs));
  }

  get isEmpty(): boolean {
    return this.#until.size === 0;
  }

  remainingMs(of: Cooled, now: number): number {
    const key = keyOf(of);
    const remaining = (this.#until.peek(key) ?? 0) - now;
    if (remaining > 0) return remaining;
    this.#until.delete(key);
    return 0;
  }
}

function keyOf({ provider, keyIndex, model }: Cooled): string {
  return `${provider}\n${keyIndex}\n${boundedName(model ?? '')}`;
}
