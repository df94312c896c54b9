import type { ServerResponse } from 'node:http';
import type { Answering } from './answering.ts';
import { type Course, courseOf } from './damage.ts';
import type { Directives } from './directives.ts';

/** Written bytes get this long to be read before a reset: libuv tells a peer that gets both at once of an ordinary end. */
const resetDelayMs = 5;

/** Sends an answer whose directives change how it is sent. Ends when the client has left, too. */
export async function deliver(response: ServerResponse, answering: Answering): Promise<void> {
  const { provided, directives } = answering;
  if (directives.delay !== undefined) await wait(response, directives.delay);
  if (response.destroyed || isLeftUnanswered(response, directives)) return;
  const course = await courseOf(provided, directives);
  writeHead(response, answering, course);
  await writePaced(response, course.pieces, directives);
  await finish(response, course.ending);
}

/** Whether the client is to get no answer at all; its connection is ended here where it is to be. */
function isLeftUnanswered({ socket }: ServerResponse, directives: Directives): boolean {
  if (directives.stall) return true;
  if (directives['reset-before']) socket?.resetAndDestroy();
  else if (directives['close-before']) socket?.end();
  else return false;
  return true;
}

function writeHead(response: ServerResponse, { provided, headers, directives }: Answering, course: Course): void {
  const head = [...provided.headers, ...headers];
  if (directives.gzip) head.push('content-encoding', 'gzip');
  if (course.contentLength !== null) head.push('content-length', String(course.contentLength));
  response.writeHead(provided.kind === 'stream' ? 200 : provided.status, head).flushHeaders();
}

async function finish(response: ServerResponse, ending: Course['ending']): Promise<void> {
  if (ending === 'end') response.end();
  if (ending === 'close') response.socket?.end();
  if (ending === 'reset') {
    await wait(response, resetDelayMs);
    response.socket?.resetAndDestroy();
  }
}

async function writePaced(response: ServerResponse, pieces: readonly Buffer[], directives: Directives): Promise<void> {
  const { trickle, tps = 0 } = directives;
  const bytes = trickle === undefined && tps > 0 ? null : Buffer.concat(pieces);
  const paced = bytes === null ? pieces : trickle === undefined ? [bytes] : singleBytes(bytes);
  const gapMs = trickle ?? (tps > 0 ? 1000 / tps : 0);
  const start = performance.now();
  let written = 0;
  for (const piece of paced) {
    if (written > 0) await wait(response, start + written * gapMs - performance.now());
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
    written++;
  }
}

function* singleBytes(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

/** Resolves when more may be written, or when the client has left. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.on('drain', done);
    response.on('close', done);
    function done(): void {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    }
  });
}

/** Resolves after so many milliseconds, at the next turn of the loop at the earliest, or when the client has left. */
function wait(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0) return void setImmediate(resolve);
    const timer = setTimeout(done, ms);
    response.once('close', done);
    function done(): void {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    }
  });
}
