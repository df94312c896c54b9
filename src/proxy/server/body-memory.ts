import type { MemoryHold } from '../exchange.ts';
import { createJsonMemory, guard, type JsonMemory } from './json-skip/index.ts';

const kib = 1024;
/** How large bodies may be that share the memory, and how many of each size at once; one that finds no room gets memory of its own. */
const sizes = [
  { bytes: 256 * kib, count: 8 },
  { bytes: 1024 * kib, count: 6 },
  { bytes: 4096 * kib, count: 2 },
];

export interface HeldBytes {
  readonly bytes: Buffer;
  readonly memory?: MemoryHold;
}

/** A piece of the memory, for one body at a time. */
interface Slot {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Memory for large bodies, used again and again: what the system has yet to map costs more than the copying. Their JSON can
 * be stepped over quickly there. A piece goes to the next body once nobody holds it any more.
 */
export class BodyMemory {
  /** Made for the first large body; null where that is not possible. */
  #json: JsonMemory | null | undefined;
  /** Smallest first. */
  readonly #idle: Slot[] = [];

  /** Puts chunks together. The holder is whoever asks. */
  join(chunks: readonly Buffer[], length: number): HeldBytes {
    if (chunks.length === 1) return { bytes: chunks[0] as Buffer };
    if (this.#json === undefined) this.#create();
    const slot = this.#json ? this.#take(length) : undefined;
    if (!this.#json || !slot) return { bytes: Buffer.concat(chunks, length) };
    const { bytes } = this.#json;
    let end = slot.start;
    for (const chunk of chunks) {
      bytes.set(chunk, end);
      end += chunk.length;
    }
    bytes.set(guard, end);
    return { bytes: bytes.subarray(slot.start, end), memory: this.#hold(slot, end, this.#json) };
  }

  #create(): void {
    let start = 0;
    for (const { bytes, count } of sizes) {
      for (let n = 0; n < count; n++) {
        this.#idle.push({ start, bytes });
        start += bytes + guard.length;
      }
    }
    this.#json = createJsonMemory(start);
  }

  #take(length: number): Slot | undefined {
    const index = this.#idle.findIndex(({ bytes }) => bytes >= length);
    return index < 0 ? undefined : this.#idle.splice(index, 1)[0];
  }

  #hold(slot: Slot, end: number, { skipNested }: JsonMemory): MemoryHold {
    const idle = this.#idle;
    let holders = 1;
    return {
      // Who comes when all have let go, such as a stage that waited while its client left, would find another body here.
      hold() {
        if (holders > 0) holders++;
      },
      release() {
        if (holders === 0 || --holders > 0) return;
        const index = idle.findIndex(({ bytes }) => bytes >= slot.bytes);
        idle.splice(index < 0 ? idle.length : index, 0, slot);
      },
      skipNested(from) {
        const behind = skipNested(slot.start + from, end);
        return behind === 0 ? 0 : behind - slot.start;
      },
    };
  }
}
