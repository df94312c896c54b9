import type { MemoryHold } from '../exchange.ts';

/** Below this, fresh memory costs less than the bookkeeping. */
const smallest = 64 * 1024;
/** What larger bodies take is left to the collector. */
const largest = 4 * 1024 * 1024;
const maxIdleBytes = 8 * 1024 * 1024;

export interface HeldBytes {
  readonly bytes: Buffer;
  readonly memory?: MemoryHold;
}

/**
 * Memory for large bodies, used again and again: a megabyte that the system has yet to map, page by page, costs more
 * than copying a megabyte. Each piece goes to the next body once nobody holds it any more; who never lets go, such as a
 * call that failed with bytes still to be sent, leaves it to the collector.
 */
export class BodyMemory {
  readonly #idle = new Map<number, Buffer[]>();
  #idleBytes = 0;

  /** Puts chunks together. The holder is whoever asks. */
  join(chunks: readonly Buffer[], length: number): HeldBytes {
    if (chunks.length === 1) return { bytes: chunks[0] as Buffer };
    if (length < smallest || length > largest) return { bytes: Buffer.concat(chunks, length) };
    const memory = this.#take(2 ** (32 - Math.clz32(length - 1)));
    let end = 0;
    for (const chunk of chunks) {
      memory.set(chunk, end);
      end += chunk.length;
    }
    return { bytes: memory.subarray(0, length), memory: this.#hold(memory) };
  }

  #take(size: number): Buffer {
    const idle = this.#idle.get(size)?.pop();
    if (!idle) return Buffer.allocUnsafeSlow(size);
    this.#idleBytes -= size;
    return idle;
  }

  #hold(memory: Buffer): MemoryHold {
    let holders = 1;
    return {
      hold: () => void holders++,
      release: () => {
        if (--holders === 0) this.#giveBack(memory);
      },
    };
  }

  #giveBack(memory: Buffer): void {
    if (this.#idleBytes + memory.length > maxIdleBytes) return;
    this.#idleBytes += memory.length;
    const idle = this.#idle.get(memory.length);
    if (idle) idle.push(memory);
    else this.#idle.set(memory.length, [memory]);
  }
}
