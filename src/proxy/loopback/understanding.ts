import type { IncomingHttpHeaders } from 'node:http';
import zlib from 'node:zlib';
import { directivesOfHeader, directivesOfModel, type Directives } from './directives.ts';
import { jsonMembers, noMembers, type JsonMembers } from './json-members.ts';
import { BadRequest, type LoopbackRequest, type Upload } from './request.ts';

/** A request that has been read: its body is held, or was an upload of which only the sum is left. */
export interface ReadRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly upload: Upload | null;
}

const maxDecodedBytes = 256 * 1024 * 1024;

/**
 * What a request says, before anyone answers it.
 * @throws BadRequest where its body is not JSON or its directives are not in the vocabulary.
 */
export function understand(read: ReadRequest, hash: string, seed: number): LoopbackRequest {
  const [path = '', query = ''] = read.url.split('?', 2);
  const members = membersOf(read);
  const model = modelOf(path, members);
  return {
    method: read.method,
    path,
    query: new URLSearchParams(query),
    headers: read.headers,
    bodyBytes: read.body.length,
    members,
    upload: read.upload,
    model,
    directives: directivesFor(model, read.headers),
    hash,
    seed,
  };
}

/** Sixteen hexadecimal digits: the checksums of body and path. */
export function hashOf({ body, upload, url }: ReadRequest, seed: number): string {
  const digits = (sum: number): string => sum.toString(16).padStart(8, '0');
  return digits(zlib.crc32(upload?.sha256 ?? body, seed)) + digits(zlib.crc32(url, body.length));
}

function membersOf({ headers, body, upload }: ReadRequest): JsonMembers {
  if (upload !== null || body.length === 0) return noMembers;
  return jsonMembers(decoded(body, headers['content-encoding']));
}

function decoded(body: Buffer, encoding: string | undefined): Buffer {
  const limit = { maxOutputLength: maxDecodedBytes };
  try {
    if (encoding === 'gzip') return zlib.gunzipSync(body, limit);
    if (encoding === 'deflate') return zlib.inflateSync(body, limit);
    if (encoding === 'br') return zlib.brotliDecompressSync(body, limit);
  } catch (error) {
    throw new BadRequest(`the body is not ${encoding}`, { cause: error });
  }
  return body;
}

/** Gemini names the model in the path, the others in the body. */
function modelOf(path: string, members: JsonMembers): string {
  const inPath = /^\/v1beta\/models\/([^/:]+)/.exec(path)?.[1];
  const named = inPath ?? members.get('model');
  return typeof named === 'string' ? named : '';
}

function directivesFor(model: string, headers: IncomingHttpHeaders): Directives {
  const header = headers['x-loopback'];
  const named = directivesOfModel(model);
  return header === undefined ? named : { ...named, ...directivesOfHeader(String(header)) };
}
