import { endOfString } from '../../json-members.ts';
import type { TextMeasure } from './text-measure.ts';

const maxSampleBytes = 64 * 1024;

// A picture or a document in base64 is one long string without a space; its tokens are not those of its letters.
const shortestData = 2000;
const probeBytes = 200;

/**
 * The text of a request's JSON body. Long strings without a space, such as pictures, are left out. What is no JSON
 * object, such as a compressed body, counts by its length, without a sample.
 */
export function promptMeasure(body: Buffer): TextMeasure {
  const text = body.toString('latin1');
  if (!/^\s*\{/.test(text)) return { sample: '', bytes: body.length };
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let bytes = 0;
  let start = 0;
  const keep = (end: number): void => {
    bytes += end - start;
    if (keptBytes >= maxSampleBytes) return;
    const piece = body.subarray(start, Math.min(end, start + maxSampleBytes - keptBytes));
    kept.push(piece);
    keptBytes += piece.length;
  };
  for (const data of longStrings(text)) {
    keep(data.start);
    start = data.end;
  }
  keep(body.length);
  return { sample: Buffer.concat(kept).toString('utf8'), bytes };
}

function* longStrings(text: string): Generator<{ start: number; end: number }> {
  for (let quote = text.indexOf('"'); quote >= 0;) {
    const start = quote + 1;
    const end = endOfString(text, quote) - 1;
    if (end < 0) return;
    if (end - start >= shortestData && !text.slice(start, start + probeBytes).includes(' ')) yield { start, end };
    quote = text.indexOf('"', end + 1);
  }
}
