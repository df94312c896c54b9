import { isObject } from '../json.ts';
import type { Transform } from '../transforms.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

// Escaped as it would be there, the same text inside a string does not match.
const finishReason = /"finish_reason"\s*:\s*"/;
// Enough of the bytes before a chunk to see a finish reason that was cut in two.
const tailCharacters = 64;

// A usage chunk is some hundred bytes.
const maxHeldBytes = 64 * 1024;

/**
 * Takes the usage chunk out of a Chat stream, and exactly its bytes: the event without choices that brings the usage
 * (https://platform.openai.com/docs/api-reference/chat-streaming). All bytes pass at once until a choice has finished;
 * from then on until the usage chunk, an event is held back until it is complete.
 */
export function withoutUsageChunk(): Transform {
  let state: 'before the finish' | 'in an event that passes' | 'in an event that is held' | 'done' =
    'before the finish';
  const findFinish = finishFinder();
  const findEnd = eventEnds();
  const held = heldBytes();

  /** Takes the end of an event, and gives what of it may go on. */
  function complete(piece: Buffer): Buffer | null {
    const passes = state === 'in an event that passes';
    state = 'in an event that is held';
    if (passes) return piece;
    const event = held.take(piece);
    if (!isUsageChunk(event)) return event;
    state = 'done';
    return null;
  }

  /** Takes the beginning of an event whose end is not there yet. */
  function begin(piece: Buffer): Buffer | null {
    if (state === 'in an event that is held' && held.add(piece)) return null;
    if (state === 'done') return piece;
    state = 'in an event that passes';
    return held.take(piece);
  }

  /** @param from Where to look for the end of the event that the chunk begins in. */
  function pushEvents(chunk: Buffer, from: number): Buffer | null {
    const passed: (Buffer | null)[] = [];
    let start = 0;
    for (let end = findEnd(chunk, from); end >= 0 && state !== 'done'; end = findEnd(chunk, end)) {
      passed.push(complete(chunk.subarray(start, end)));
      start = end;
    }
    if (start < chunk.length) passed.push(begin(chunk.subarray(start)));
    return joined(passed);
  }

  return {
    push(chunk) {
      if (state === 'done') return chunk;
      if (state !== 'before the finish') return pushEvents(chunk, 0);
      const finish = findFinish(chunk);
      if (finish < 0) return chunk;
      state = 'in an event that passes';
      return pushEvents(chunk, finish);
    },
    flush() {
      const event = held.take(Buffer.alloc(0));
      return event.length === 0 || isUsageChunk(event) ? null : event;
    },
  };
}

/** Finds where in a chunk a finish reason ends, also one that began in the chunk before; -1 where there is none. */
function finishFinder(): (chunk: Buffer) => number {
  let tail = '';
  return (chunk) => {
    const text = tail + chunk.toString('latin1');
    const found = finishReason.exec(text);
    if (found !== null) return found.index + found[0].length - tail.length;
    tail = text.slice(-tailCharacters);
    return -1;
  };
}

interface HeldBytes {
  /** False where there is no room for more. */
  readonly add: (piece: Buffer) => boolean;
  /** Gives what was held, with a last piece, and holds nothing any more. */
  readonly take: (last: Buffer) => Buffer;
}

function heldBytes(): HeldBytes {
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    add(piece) {
      if (length + piece.length > maxHeldBytes) return false;
      pieces.push(piece);
      length += piece.length;
      return true;
    },
    take(last) {
      const all = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
      pieces = [];
      length = 0;
      return all;
    },
  };
}

/** Finds the end of the event that the bytes are in: behind the line feed of an empty line, or -1 where it is not yet there. */
function eventEnds(): (bytes: Buffer, from: number) => number {
  let emptyLine = false;
  return (bytes, from) => {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === lineFeed) {
        if (emptyLine) return at + 1;
        emptyLine = true;
      } else if (byte !== carriageReturn) emptyLine = false;
    }
    return -1;
  };
}

function isUsageChunk(event: Buffer): boolean {
  const text = event.toString('utf8');
  if (!text.includes('"usage"')) return false;
  const data = text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
  try {
    const chunk: unknown = JSON.parse(data);
    return (
      isObject(chunk) && Array.isArray(chunk['choices']) && chunk['choices'].length === 0 && isObject(chunk['usage'])
    );
  } catch {
    return false;
  }
}

function joined(pieces: readonly (Buffer | null)[]): Buffer | null {
  const buffers = pieces.filter((piece) => piece !== null);
  if (buffers.length === 0) return null;
  return buffers.length === 1 ? (buffers[0] as Buffer) : Buffer.concat(buffers);
}
