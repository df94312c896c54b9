import type { EventDecoder } from './sse-decoder.ts';
import { StreamEvent } from './stream-events.ts';

const quote = 0x22;
const backslash = 0x5c;
const open = new Set([0x7b, 0x5b]);
const close = new Set([0x7d, 0x5d]);

/**
 * The elements of a JSON array that arrives in pieces, each given as an unnamed event: Gemini's streams without
 * `alt=sse` (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent).
 */
export function jsonArrayDecoder(give: (event: StreamEvent) => void, maxEventBytes = 1024 * 1024): EventDecoder {
  let element: Buffer[] = [];
  let elementBytes = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let tooLarge = false;

  function keep(bytes: Buffer): void {
    elementBytes += bytes.length;
    if (elementBytes > maxEventBytes) tooLarge = true;
    else element.push(bytes);
  }

  function complete(): void {
    if (!tooLarge) give(new StreamEvent('', Buffer.concat(element).toString('utf8')));
    element = [];
    elementBytes = 0;
  }

  function insideString(byte: number): void {
    if (escaped) escaped = false;
    else if (byte === backslash) escaped = true;
    else if (byte === quote) inString = false;
  }

  function push(chunk: Buffer): void {
    let start = depth >= 2 ? 0 : -1;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number;
      if (inString) insideString(byte);
      else if (byte === quote) inString = true;
      else if (open.has(byte)) {
        depth++;
        if (depth === 2) start = index;
      } else if (close.has(byte)) {
        depth--;
        if (depth === 1) {
          keep(chunk.subarray(start, index + 1));
          start = -1;
          complete();
        }
      }
    }
    if (start >= 0) keep(chunk.subarray(start));
  }

  return {
    push: (chunk) => void (tooLarge || push(chunk)),
    midEvent: () => depth >= 1,
    lost: () => (tooLarge ? 'too large' : 'nothing'),
  };
}
