import { ProxyError, toProxyError } from '../errors.ts';
import { findMembers } from '../json-members.ts';
import { headerOf } from '../raw-headers.ts';
import type { BodyReceiver, Reply } from '../reply.ts';
import { codingOf, decodeWhole } from '../content-coding.ts';
import { outcomeOfReply, sendHead, type Passage, type Relaying } from './passage.ts';
import { RawReply } from './raw-reply.ts';

const maxHeldBytes = 16 * 1024 * 1024;

/** Holds a JSON reply until it is complete and known to be whole, then sends it in one piece. A very large one goes on as it comes. */
export class HeldReply implements BodyReceiver, Relaying {
  readonly #passage: Passage;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #tooLarge: RawReply | null = null;

  constructor(passage: Passage) {
    this.#passage = passage;
    passage.reply.body.start(this);
  }

  bytes(chunk: Buffer): void {
    if (this.#tooLarge) return this.#tooLarge.bytes(chunk);
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= maxHeldBytes) return;
    this.#tooLarge = new RawReply(this.#passage);
    for (const held of this.#chunks.splice(0)) this.#tooLarge.bytes(held);
  }

  end(): void {
    if (this.#tooLarge) return this.#tooLarge.end();
    const { exchange, reply, clock } = this.#passage;
    exchange.record.marks.providerReady = clock.now();
    const [first] = this.#chunks;
    const whole = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#heldBytes);
    const coding = codingOf(headerOf(reply.headers, 'content-encoding'));
    if (coding === null) return this.#deliver(whole, whole);
    if (coding === 'unreadable') return this.#deliver(whole, null);
    decodeWhole(whole, coding)
      .then(
        (decoded) => this.#deliver(whole, decoded),
        (cause: unknown) => (isCutShort(cause) ? this.#passage.refuse(truncated()) : this.#deliver(whole, null)),
      )
      .catch((thrown: unknown) => this.#passage.refuse(toProxyError(thrown)));
  }

  #deliver(whole: Buffer, readable: Buffer | null): void {
    const { exchange, reply } = this.#passage;
    const { endpoint } = exchange.route;
    const isKnownWhole = readable === null || isShownWhole(reply, readable);
    const mustBeWhole = endpoint.metered && reply.status < 300;
    if (mustBeWhole && !isKnownWhole && !isWholeJson(readable)) return this.#passage.refuse(truncated());
    this.#passage.finish(outcomeOfReply(reply), null, () => this.#send(whole));
  }

  #send(whole: Buffer): void {
    const { exchange, reply, sink } = this.#passage;
    const isCounted = headerOf(reply.headers, 'content-length') !== null;
    sendHead(this.#passage, isCounted ? [] : ['content-length', String(whole.length)]);
    exchange.record.bytesOut += whole.length;
    sink.end(whole);
  }

  fail(error: ProxyError): void {
    this.breakOff(error);
  }

  breakOff(error: ProxyError): void {
    if (this.#tooLarge) return this.#tooLarge.breakOff(error);
    this.#passage.reply.body.cancel();
    this.#passage.refuse(error);
  }
}

function truncated(): ProxyError {
  return new ProxyError('upstream_truncated', 'the provider broke off its answer: it is no complete JSON document');
}

/** zlib says so of a body that stops in its middle; other faults are not ours to judge. */
function isCutShort(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR';
}

/** Shows the body to all who want it; true if one of them knows it to be whole. */
function isShownWhole(reply: Reply, readable: Buffer): boolean {
  let isWhole = false;
  for (const layer of reply.layers) {
    if ('observer' in layer && layer.observer.body?.(readable) === true) isWhole = true;
  }
  return isWhole;
}

/** Nearly always an object, which is walked and not built. */
function isWholeJson(bytes: Buffer): boolean {
  if (findMembers(bytes.toString('latin1'), []) !== null) return true;
  try {
    return typeof JSON.parse(bytes.toString('utf8')) === 'object';
  } catch {
    return false;
  }
}
