import { Lru } from '../lru.ts';
import { boundedName } from '../request-json.ts';

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

  /** @param retryAfter the header's value; without one there is no cooldown. @param wallMs what its date is compared with */
  start(of: Cooled, retryAfter: string | null, { now, wallMs }: { now: number; wallMs: number }): void {
    const ms = retryAfter === null ? null : retryAfterMs(retryAfter, wallMs);
    if (ms !== null && ms > 0) this.#until.set(keyOf(of), now + Math.min(ms, maxCooldownMs));
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
  return `${provider}\n${keyIndex}\n${model === null ? '' : boundedName(model)}`;
}

/** Seconds, or a date (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3); null where it is neither. */
export function retryAfterMs(value: string, wallMs: number): number | null {
  const text = value.trim();
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]{2},/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - wallMs);
}
