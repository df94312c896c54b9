import { constants, createGzip } from 'node:zlib';
import { once } from 'node:events';
import type { Directives } from './directives.ts';
import type { Provided } from './provided.ts';

/** How a body is put on the wire. */
export interface Course {
  readonly pieces: readonly Buffer[];
  /** What the head says; null where it says nothing and the body is chunked. */
  readonly contentLength: number | null;
  /** `end`: as HTTP has it. `close`: the connection is closed. `reset`: it is reset. `silence`: nothing more comes. */
  readonly ending: 'end' | 'close' | 'reset' | 'silence';
}

/** Spoils, compresses and cuts a body as the directives say. */
export async function courseOf(provided: Provided, directives: Directives): Promise<Course> {
  const streamed = provided.kind === 'stream';
  const spoilt = provided.kind === 'stream' ? spoiltEvents(provided, directives) : wholePieces(provided, directives);
  const pieces = directives.gzip ? await compressed(spoilt) : spoilt;
  const { kept, ending } = cut(pieces, directives, streamed);
  return { pieces: kept, contentLength: statedLength(pieces, directives, streamed), ending };
}

type Stream = Extract<Provided, { kind: 'stream' }>;
type Whole = Extract<Provided, { kind: 'whole' }>;

function spoiltEvents({ events, terminalEvents, errorEvent }: Stream, directives: Directives): Buffer[] {
  const kept = directives.noterminal ? events.slice(0, -terminalEvents) : [...events];
  const middle = Math.floor(kept.length / 2);
  if (directives.badchunk) kept[middle] = withoutLastBrace(kept[middle] ?? '');
  if (directives.errorevent === undefined) return kept.map((event) => Buffer.from(event));
  const before = kept.slice(0, directives.errorevent);
  return [...before, errorEvent(before.length)].map((event) => Buffer.from(event));
}

/** A body in one piece, or in two halves where it is to be cut between them. */
function wholePieces({ body }: Whole, directives: Directives): Buffer[] {
  const bytes = Buffer.from(directives.badchunk ? withoutLastBrace(body.toString()) : body);
  const cutsIt = directives.cut !== undefined || directives.end !== undefined || directives['stall-mid'] === true;
  if (!cutsIt) return [bytes];
  const middle = Math.floor(bytes.length / 2);
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
}

function withoutLastBrace(text: string): string {
  return text.replace(/\}(\s*)$/, '$1');
}

/** Each piece can be decoded as soon as it has arrived. */
async function compressed(pieces: readonly Buffer[]): Promise<Buffer[]> {
  const gzip = createGzip();
  let arrived: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => arrived.push(chunk));
  const out: Buffer[] = [];
  for (const piece of pieces) {
    gzip.write(piece);
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
    out.push(Buffer.concat(arrived));
    arrived = [];
  }
  gzip.end();
  await once(gzip, 'end');
  out.push(Buffer.concat([out.pop() ?? Buffer.alloc(0), ...arrived]));
  return out;
}

function cut(pieces: Buffer[], directives: Directives, streamed: boolean) {
  if (directives['reset-after']) return { kept: [], ending: 'reset' } as const;
  if (directives.cut !== undefined) return { kept: pieces.slice(0, directives.cut), ending: 'reset' } as const;
  if (directives['stall-mid'])
    return { kept: pieces.slice(0, Math.ceil(pieces.length / 2)), ending: 'silence' } as const;
  const kept = pieces.slice(0, directives.end);
  const short = kept.length < pieces.length && !streamed;
  return { kept, ending: short || directives.long ? 'close' : 'end' } as const;
}

/** Beyond the body by so many bytes. */
const missingBytes = 16;

function statedLength(pieces: readonly Buffer[], { short, long }: Directives, streamed: boolean): number | null {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (short) return Math.floor(length / 2);
  if (long) return length + missingBytes;
  return streamed ? null : length;
}
