import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from 'node:zlib';
import { promisify } from 'node:util';

const maxDecodedBytes = 64 * 1024 * 1024;
const maxRatio = 100;

const wholes = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };
const streams = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

export type Coding = keyof typeof wholes;

/** The one coding of a body, null for none, or `unreadable` for several or an unknown one: such a body passes, but nothing is read from it. */
export function codingOf(contentEncoding: string | null): Coding | null | 'unreadable' {
  const coding = (contentEncoding ?? '').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return null;
  if (coding === 'x-gzip') return 'gzip';
  return Object.hasOwn(wholes, coding) ? (coding as Coding) : 'unreadable';
}

/** Undoes a body's coding, within bounds that a decompression bomb cannot pass; rejects where it is broken or too large. */
export function decodeWhole(bytes: Buffer, coding: Coding): Promise<Buffer> {
  const maxOutputLength = Math.min(maxDecodedBytes, Math.max(bytes.length * maxRatio, 64 * 1024));
  return wholes[coding](bytes, { maxOutputLength });
}

export interface StreamDecoding {
  /** Decodes the next bytes and then runs `done`, whether it could or not. */
  readonly push: (chunk: Buffer, done: () => void) => void;
  readonly close: () => void;
}

/** Undoes the coding of a stream, for reading only. Once it is broken or too large, nothing more is given. */
export function decodeStream(coding: Coding, give: (bytes: Buffer) => void): StreamDecoding {
  const decoder = streams[coding]();
  let readable = true;
  let taken = 0;
  let given = 0;
  const waiting = new Set<() => void>();
  const stop = (): void => {
    readable = false;
    decoder.destroy();
  };
  decoder.on('error', stop);
  // A decoder that breaks on a chunk is destroyed, and then never runs the callback of `flush`.
  decoder.on('close', () => {
    for (const decoded of waiting) decoded();
  });
  decoder.on('data', (bytes: Buffer) => {
    given += bytes.length;
    if (given > maxDecodedBytes || given > Math.max(taken * maxRatio, 64 * 1024)) return stop();
    if (readable) give(bytes);
  });
  return {
    push(chunk, done) {
      taken += chunk.length;
      if (!readable) return done();
      const decoded = (): void => {
        if (waiting.delete(decoded)) done();
      };
      waiting.add(decoded);
      decoder.write(chunk);
      decoder.flush(decoded);
    },
    close: stop,
  };
}
