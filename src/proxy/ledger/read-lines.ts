import { type FileSystem, readAt } from '../file-system.ts';

const chunkBytes = 256 * 1024;
/** Far more than any record needs; whatever is longer is damage. */
const maxLineBytes = 64 * 1024;
const lineFeed = 0x0a;
const nothing: Buffer = Buffer.alloc(0);

export interface LineChunk {
  /** Whole lines without their line feeds; what is too long for one stands as its first bytes. */
  readonly lines: readonly Buffer[];
  /** Where the line after the last of them begins. */
  readonly end: number;
}

/** Reads lines from a byte on to the end of the file, a chunk at a time; what has no line feed yet is left out. */
export async function* readLines(files: FileSystem, fd: number, from: number): AsyncGenerator<LineChunk> {
  let rest = nothing;
  let isSkipping = false;
  for (let position = from; ;) {
    const chunk = await readAt(files, fd, { position, length: chunkBytes });
    if (chunk.length === 0) return;
    position += chunk.length;
    const split = splitLines(rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk);
    // The first line of a chunk may be what is left of one that was given up.
    const lines = isSkipping && split.lines.length > 0 ? split.lines.slice(1) : split.lines;
    if (split.lines.length > 0) isSkipping = false;
    rest = split.rest;
    if (rest.length > maxLineBytes) {
      if (!isSkipping) lines.push(rest.subarray(0, 1));
      isSkipping = true;
      rest = nothing;
    }
    yield { lines, end: position - rest.length };
  }
}

/** Reads the lines before a byte, the last one first, a chunk at a time; what has no line feed is left out. */
export async function* readLinesBackwards(files: FileSystem, fd: number, before: number): AsyncGenerator<Buffer[]> {
  let tail = nothing;
  for (let end = before; end > 0;) {
    const position = Math.max(0, end - chunkBytes);
    const chunk = Buffer.concat([await readAt(files, fd, { position, length: end - position }), tail]);
    end = position;
    const firstEnd = position === 0 ? -1 : chunk.indexOf(lineFeed);
    tail = chunk.subarray(0, position === 0 ? 0 : firstEnd + 1 || chunk.length);
    if (tail.length > maxLineBytes) tail = nothing;
    yield splitLines(chunk.subarray(position === 0 ? 0 : tail.length)).lines.reverse();
  }
}

function splitLines(bytes: Buffer): { lines: Buffer[]; rest: Buffer } {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return { lines, rest: bytes.subarray(start) };
}
