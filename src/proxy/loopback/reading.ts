import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Upload } from './request.ts';

const maxBodyBytes = 256 * 1024 * 1024;
const nothing = Buffer.alloc(0);

/** Uploads can be larger than memory, so they are summed up as they pass. */
export function isUpload({ url = '', headers }: IncomingMessage): boolean {
  return url.startsWith('/upload/') || headers['content-type']?.startsWith('multipart/') === true;
}

/** Reads a body whole; `done` is not called where the client leaves before its end, and gets null for one too large. */
export function readBody(incoming: IncomingMessage, done: (body: Buffer | null) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  incoming.on('end', () => {
    if (length > maxBodyBytes) done(null);
    else done(chunks.length > 1 ? Buffer.concat(chunks) : (chunks[0] ?? nothing));
  });
}

/** Reads a body to its end and keeps its length and hash. `done` is not called where the client leaves before it. */
export function sumUp(incoming: IncomingMessage, done: (upload: Upload) => void): void {
  const hash = createHash('sha256');
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  incoming.on('end', () => done({ bytes, sha256: hash.digest('hex') }));
}
