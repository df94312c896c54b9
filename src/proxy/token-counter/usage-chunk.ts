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
  let state: 'before the finish' | 'in an event that passes' | 'in an event that is held' | 'done' = 'before the finish';
  let tail = '';
  let held: Buffer[] = [];
  let heldBytes = 0;
  const endOfEvent = eventEnds();

  /** Where to go on looking for the end of the event that holds the finish; -1 where there is no finish yet. */
  function findFinish(chunk: Buffer): number {
    const text = tail + chunk.toString('latin1');
    const found = finishReason.exec(text);
    if (found !== null) return found.index + found[0].length - tail.length;
    tail = text.slice(-tailCharacters);
    return -1;
  }

  function takeHeld(last: Buffer): Buffer {
    const event = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    return event;
  }

  /** Judges the event that ends here. */
  function complete(piece: Buffer): Buffer | null {
    if (state === 'in an event that passes') {
      state = 'in an event that is held';
      return piece;
    }
    const event = takeHeld(piece);
    if (!isUsageChunk(event)) return event;
    state = 'done';
    return null;
  }

  /** Passes or holds the beginning of an event. */
  function begin(piece: Buffer): Buffer | null {
    if (state === 'in an event that passes') return piece;
    if (heldBytes + piece.length > maxHeldBytes) {
      state = 'in an event that passes';
      return takeHeld(piece);
    }
    held.push(piece);
    heldBytes += piece.length;
    return null;
  }

  return {
    push(chunk) {
      if (state === 'done') return chunk;
      const passed: (Buffer | null)[] = [];
      let start = 0;
      let from = 0;
      if (state === 'before the finish') {
        from = findFinish(chunk);
        if (from < 0) return chunk;
        state = 'in an event that passes';
      }
      for (let end = endOfEvent(chunk, from); end >= 0; end = endOfEvent(chunk, from)) {
        passed.push(complete(chunk.subarray(start, end)));
        start = from = end;
        if (isDone()) break;
      }
      const rest = chunk.subarray(start);
      if (rest.length > 0) passed.push(isDone() ? rest : begin(rest));
      return joined(passed);
    },
    flush() {
      const event = takeHeld(Buffer.alloc(0));
      return event.length === 0 || isUsageChunk(event) ? null : event;
    },
  };

  function isDone(): boolean {
    return state === 'done';
  }
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
    return isObject(chunk) && Array.isArray(chunk['choices']) && chunk['choices'].length === 0 && isObject(chunk['usage']);
  } catch {
    return false;
  }
}

function joined(pieces: readonly (Buffer | null)[]): Buffer | null {
  const buffers = pieces.filter((piece) => piece !== null);
  if (buffers.length === 0) return null;
  return buffers.length === 1 ? (buffers[0] as Buffer) : Buffer.concat(buffers);
}
