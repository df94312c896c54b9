import { digestBytes } from './key.ts';

const empty = -1;

/**
 * Finds a digest among many: a hash table with open addressing over the digests as they lie one behind the other. It
 * takes 36 to 48 bytes for each, and nothing that a garbage collector would have to walk.
 */
export class DigestTable {
  readonly #digests: Buffer;
  /** Positions of digests; a power of two of them, at most half in use. */
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** Whether a digest stands in it twice. */
  readonly hasTwins: boolean;

  /** @param digests of 32 bytes each, which must not change any more */
  constructor(digests: Buffer) {
    const count = digests.length / digestBytes;
    let size = 8;
    while (size < count * 2) size *= 2;
    this.#digests = digests;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size).fill(empty);
    let hasTwins = false;
    for (let position = 0; position < count; position++) {
      const digest = digests.subarray(position * digestBytes, (position + 1) * digestBytes);
      const slot = this.#slotOf(digest);
      if (this.#slots[slot] === empty) this.#slots[slot] = position;
      else hasTwins = true;
    }
    this.hasTwins = hasTwins;
  }

  /** The digest's position, 0 for the first; -1 where it is not there. */
  find(digest: Buffer): number {
    return this.#slots[this.#slotOf(digest)]!;
  }

  /** Where it is, or would be. Digests are as good as random: their first bytes spread them. */
  #slotOf(digest: Buffer): number {
    let slot = digest.readUInt32LE(0) & this.#mask;
    for (;;) {
      const position = this.#slots[slot]!;
      if (position === empty || this.#isAt(position, digest)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #isAt(position: number, digest: Buffer): boolean {
    const start = position * digestBytes;
    return this.#digests.compare(digest, 0, digestBytes, start, start + digestBytes) === 0;
  }
}
