import { ProxyError } from '../errors.ts';
import { headerOf } from '../raw-headers.ts';
import type { BodyReceiver } from '../reply.ts';
import { codingOf, decodeWhole } from '../content-coding.ts';
import { outcomeOfReply, sendHead, type Passage, type Relaying } from './passage.ts';
import { rawPassage } from './raw-reply.ts';

const maxHeldBytes = 16 * 1024 * 1024;

/** Holds a JSON reply until it is complete and known to be whole, then sends it in one piece. A very large one goes on as it comes. */
export function relayHeld(passage: Passage): Relaying {
  const { exchange, reply, clock, finish, refuse } = passage;
  let chunks: Buffer[] = [];
  let heldBytes = 0;
  let tooLarge: (BodyReceiver & Relaying) | null = null;

  function bytes(chunk: Buffer): void {
    if (tooLarge) return tooLarge.bytes(chunk);
    chunks.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes <= maxHeldBytes) return;
    tooLarge = rawPassage(passage);
    for (const held of chunks) tooLarge.bytes(held);
    chunks = [];
  }

  function end(): void {
    if (tooLarge) return tooLarge.end();
    exchange.record.marks.providerReady = clock.now();
    const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, heldBytes);
    const coding = codingOf(headerOf(reply.headers, 'content-encoding'));
    if (coding === null) return deliver(whole, whole);
    if (coding === 'unreadable') return deliver(whole, null);
    decodeWhole(whole, coding).then(
      (decoded) => deliver(whole, decoded),
      (cause: unknown) => (isCutShort(cause) ? refuse(truncated()) : deliver(whole, null)),
    );
  }

  function deliver(whole: Buffer, readable: Buffer | null): void {
    const { endpoint } = exchange.route;
    if (readable && endpoint.metered && reply.status < 300 && !isWholeJson(readable)) return refuse(truncated());
    if (readable) for (const layer of reply.layers) if ('observer' in layer) layer.observer.body?.(readable);
    finish(outcomeOfReply(reply), null, () => {
      const length = headerOf(reply.headers, 'content-length') === null ? ['content-length', String(whole.length)] : [];
      sendHead(passage, length);
      exchange.record.bytesOut += whole.length;
      passage.sink.end(whole);
    });
  }

  function breakOff(error: ProxyError): void {
    if (tooLarge) return tooLarge.breakOff(error);
    reply.body.cancel();
    refuse(error);
  }

  reply.body.start({ bytes, end, fail: breakOff });
  return { breakOff };
}

function truncated(): ProxyError {
  return new ProxyError('upstream_truncated', 'the provider broke off its answer: it is no complete JSON document');
}

/** zlib says so of a body that stops in its middle; other faults are not ours to judge. */
function isCutShort(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR';
}

function isWholeJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
