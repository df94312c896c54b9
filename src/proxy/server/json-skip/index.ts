import { jsonSkipWasm } from './json-skip-wasm.ts';

/** The memory whose JSON `skipNested` can step over. */
export interface JsonMemory {
  readonly bytes: Buffer;
  /**
   * Gives the offset behind the object or list that begins at `from`, or 0 where it gives up: somebody else has to look
   * why. The text ends before `end`, behind which `guard` stands.
   */
  readonly skipNested: (from: number, end: number) => number;
}

/**
 * To be written behind a text: two quotes, of which the first may be taken for escaped, end whatever string is open there;
 * the rest is room for the last 16 bytes that are looked at.
 */
export const guard = Buffer.from('""'.padEnd(16, '\0'));

const pageBytes = 64 * 1024;

/** Null where this machine cannot run it (no SIMD): it only saves time. `json-skip.wat` is the source. */
export function createJsonMemory(size: number): JsonMemory | null {
  try {
    const pages = Math.ceil(size / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const module = new WebAssembly.Module(Buffer.from(jsonSkipWasm, 'base64'));
    const { exports } = new WebAssembly.Instance(module, { body: { memory } });
    const skip = exports['skipNested'] as (from: number) => number;
    return { bytes: Buffer.from(memory.buffer), skipNested: (from, end) => atMost(end, skip, from) };
  } catch {
    return null;
  }
}

function atMost(end: number, skip: (from: number) => number, from: number): number {
  try {
    const behind = skip(from);
    return behind > end ? 0 : behind;
  } catch {
    // It ran out of the memory: the text is broken, and was the last in it.
    return 0;
  }
}
