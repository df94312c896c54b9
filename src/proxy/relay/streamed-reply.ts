import { codingOf, decodeStream, type StreamDecoding } from '../content-coding.ts';
import { dialectFormats } from '../dialects/index.ts';
import { ProxyError, toProxyError } from '../errors.ts';
import { outcomeOfError } from '../outcome.ts';
import { headerOf } from '../raw-headers.ts';
import type { Outcome } from '../record.ts';
import type { BodyReceiver } from '../reply.ts';
import { layerChain, type LayerChain, type StreamForm } from './layer-chain.ts';
import { outcomeOfReply, type Passage, type Relaying } from './passage.ts';
import { Outlet } from './outlet.ts';

/** How long a provider may keep a stream open behind its last event. */
const tailMs = 1000;
/** Chunks of a compressed stream that may wait to be read. */
const maxUndecoded = 16;

/**
 * Passes a stream chunk by chunk as received. The chunk with the dialect's last event waits until the exchange's record
 * is kept: who has seen a stream end can rely on its being counted. A stream that stops before its last event never
 * looks complete: the client gets the dialect's own error event and a destroyed connection.
 */
export class StreamedReply implements BodyReceiver, Relaying {
  readonly #passage: Passage;
  readonly #form: StreamForm;
  readonly #coding: ReturnType<typeof codingOf>;
  readonly #chain: LayerChain;
  readonly #decoding: StreamDecoding | null;
  readonly #outlet: Outlet;
  readonly #waiting: Buffer[] = [];
  #state: 'flowing' | 'finishing' | 'released' | 'over' = 'flowing';
  #sourceEnded = false;
  #undecoded = 0;

  constructor(passage: Passage, form: StreamForm) {
    const { exchange, reply } = passage;
    const coding = codingOf(headerOf(reply.headers, 'content-encoding'));
    const mustBeComplete =
      exchange.route.endpoint.intent === 'generate' && reply.status < 300 && coding !== 'unreadable';
    const isChanged = reply.layers.some((layer) => 'transform' in layer);
    this.#passage = passage;
    this.#form = form;
    this.#coding = coding;
    this.#chain = layerChain(reply, form, mustBeComplete);
    this.#decoding =
      coding === null || coding === 'unreadable' ? null : decodeStream(coding, (bytes) => this.#observeDecoded(bytes));
    this.#outlet = new Outlet(passage, isChanged ? 'content-length' : null);
    reply.body.start(this);
  }

  /** Whoever calls this is zlib, out of whose hands a fault would end the process. */
  #observeDecoded(decoded: Buffer): void {
    try {
      this.#chain.observe(decoded);
    } catch (thrown) {
      this.breakOff(toProxyError(thrown));
    }
  }

  bytes(chunk: Buffer): void {
    this.#outlet.ready();
    if (this.#decoding) return this.#decodeFirst(chunk, this.#decoding);
    if (this.#coding !== null) return this.#pass(chunk);
    // Reading a chunk can wait until it has gone, unless it may have to wait itself.
    const isReadFirst = this.#chain.mayHoldLast(chunk);
    if (isReadFirst) this.#chain.observe(chunk);
    this.#pass(chunk);
    if (!isReadFirst) this.#chain.observe(chunk);
  }

  /** A chunk goes on once it has been read: only then is known whether it is the last. */
  #decodeFirst(chunk: Buffer, decoding: StreamDecoding): void {
    const { body } = this.#passage.reply;
    if (++this.#undecoded >= maxUndecoded) body.pause();
    decoding.push(chunk, () => {
      this.#undecoded--;
      this.#pass(chunk);
      if (this.#undecoded < maxUndecoded && !this.#outlet.isFull) body.resume();
      if (this.#sourceEnded && this.#undecoded === 0) this.#ended();
    });
  }

  #pass(chunk: Buffer): void {
    if (this.#state === 'over') return;
    const chain = this.#chain;
    // What is compressed cannot be changed on its way; stages add no transform to it.
    const emitted = this.#decoding ? chunk : chain.transform(chunk);
    if (emitted && this.#state !== 'released' && chain.hasLast()) this.#waiting.push(emitted);
    else if (emitted) this.#outlet.write(emitted);
    if (this.#state === 'flowing' && chain.hasLast()) {
      this.#finish(chain.ending() === 'failed' ? 'upstream_stream_error' : 'ok');
    }
  }

  #finish(outcome: Outcome): void {
    const { reply, clock } = this.#passage;
    this.#state = 'finishing';
    this.#passage.finish(outcome, null, () => {
      this.#state = 'released';
      for (const chunk of this.#waiting.splice(0)) this.#outlet.write(chunk);
      if (this.#sourceEnded && this.#undecoded === 0) return this.#close();
      clock.after(tailMs, () => {
        if (this.#state !== 'released') return;
        reply.body.cancel();
        this.#close();
      });
    });
  }

  #close(): void {
    this.#state = 'over';
    this.#decoding?.close();
    this.#outlet.end();
  }

  end(): void {
    this.#sourceEnded = true;
    if (this.#undecoded === 0) this.#ended();
  }

  #ended(): void {
    if (this.#state === 'released') return this.#close();
    if (this.#state !== 'flowing') return;
    this.#takeTail();
    const ending = this.#chain.ending();
    if (ending === 'complete' || ending === 'unknown') return this.#finish(outcomeOfReply(this.#passage.reply));
    if (ending === 'failed') return this.#finish('upstream_stream_error');
    this.breakOff(new ProxyError('upstream_truncated', 'the provider ended its stream before it was complete'));
  }

  #takeTail(): void {
    const tail = this.#decoding ? null : this.#chain.flush();
    if (tail) this.#waiting.push(tail);
  }

  fail(error: ProxyError): void {
    this.breakOff(error);
  }

  breakOff(error: ProxyError): void {
    if (this.#state === 'finishing' || this.#state === 'over') return;
    const { reply, sink } = this.#passage;
    reply.body.cancel();
    if (this.#state === 'released') return this.#close();
    this.#state = 'over';
    const ending = this.#chain.ending();
    const failed = ending === 'failed' || ending === 'garbled';
    this.#takeTail();
    this.#decoding?.close();
    for (const chunk of this.#waiting.splice(0)) this.#outlet.write(chunk);
    if (!this.#outlet.isOpen) return this.#passage.refuse(error);
    this.#passage.finish(failed ? 'upstream_stream_error' : outcomeOfError(error), error, () =>
      sink.cut(this.#lastWords(error)),
    );
  }

  /** The dialect's own error event; nothing where it would be read as part of a compressed stream. */
  #lastWords(error: ProxyError): string {
    const { exchange, reply } = this.#passage;
    if (this.#coding !== null) return '';
    if (this.#form === 'array') return `,${dialectFormats.gemini.errorBody(error, exchange.id)}]`;
    const separator = this.#chain.midEvent() ? '\n\n' : '';
    return separator + dialectFormats[reply.dialect].streamError(error, exchange.id);
  }
}
