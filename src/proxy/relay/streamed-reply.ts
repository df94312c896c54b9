import { dialectFormats } from '../dialects/index.ts';
import { ProxyError } from '../errors.ts';
import { headerOf } from '../raw-headers.ts';
import { outcomeOfError } from '../outcome.ts';
import type { Outcome } from '../record.ts';
import { codingOf, decodeStream } from '../content-coding.ts';
import { layerChain, type StreamForm } from './layer-chain.ts';
import { outcomeOfReply, sendHead, type Passage, type Relaying } from './passage.ts';

/** How long a provider may keep a stream open behind its last event. */
const tailMs = 1000;
/** Chunks of a compressed stream that may wait to be read. */
const maxUndecoded = 16;

/**
 * Passes a stream chunk by chunk as received. The chunk with the dialect's last event waits until the exchange's record
 * is kept: who has seen a stream end can rely on its being counted. A stream that stops before its last event never
 * looks complete: the client gets the dialect's own error event and a destroyed connection.
 */
export function relayStream(passage: Passage, form: StreamForm): Relaying {
  const { exchange, reply, sink, clock } = passage;
  const { record } = exchange;
  const coding = codingOf(headerOf(reply.headers, 'content-encoding'));
  const mustBeComplete = exchange.route.endpoint.intent === 'generate' && reply.status < 300 && coding !== 'unreadable';
  const chain = layerChain(reply, form, mustBeComplete);
  const decoding = coding === null || coding === 'unreadable' ? null : decodeStream(coding, chain.observe);
  let state: 'flowing' | 'finishing' | 'released' | 'over' = 'flowing';
  let headSent = false;
  let sourceEnded = false;
  let undecoded = 0;
  const waiting: Buffer[] = [];

  function bytes(chunk: Buffer): void {
    if (record.marks.providerReady === 0) record.marks.providerReady = clock.now();
    if (decoding) {
      if (++undecoded === maxUndecoded) reply.body.pause();
      return decoding.push(chunk, () => {
        if (undecoded-- === maxUndecoded) reply.body.resume();
        pass(chunk);
        if (sourceEnded && undecoded === 0) ended();
      });
    }
    if (coding === null) chain.observe(chunk);
    pass(chunk);
  }

  function pass(chunk: Buffer): void {
    if (state === 'over') return;
    // What is compressed cannot be changed on its way; stages add no transform to it.
    const emitted = decoding ? chunk : chain.transform(chunk);
    if (emitted && state !== 'released' && chain.hasLast()) waiting.push(emitted);
    else if (emitted) write(emitted);
    if (state === 'flowing' && chain.hasLast()) finish(chain.ending() === 'failed' ? 'upstream_stream_error' : 'ok');
  }

  function write(chunk: Buffer): void {
    if (!headSent) {
      headSent = true;
      sendHead(passage, [], reply.layers.some((layer) => 'transform' in layer) ? 'content-length' : null);
    }
    record.bytesOut += chunk.length;
    if (!sink.write(chunk)) {
      reply.body.pause();
      sink.onDrain(() => reply.body.resume());
    }
  }

  function finish(outcome: Outcome): void {
    state = 'finishing';
    passage.finish(outcome, null, () => {
      state = 'released';
      for (const chunk of waiting.splice(0)) write(chunk);
      if (sourceEnded) return close();
      clock.after(tailMs, () => {
        if (state !== 'released') return;
        reply.body.cancel();
        close();
      });
    });
  }

  function close(): void {
    state = 'over';
    decoding?.close();
    if (!headSent) sendHead(passage);
    sink.end();
  }

  function end(): void {
    sourceEnded = true;
    if (undecoded === 0) ended();
  }

  function ended(): void {
    if (state === 'released') return close();
    if (state !== 'flowing') return;
    const tail = decoding ? null : chain.flush();
    if (tail) waiting.push(tail);
    const ending = chain.ending();
    if (ending === 'complete' || ending === 'unknown') return finish(outcomeOfReply(reply));
    if (ending === 'failed') return finish('upstream_stream_error');
    breakOff(new ProxyError('upstream_truncated', 'the provider ended its stream before it was complete'));
  }

  function breakOff(error: ProxyError): void {
    if (state === 'finishing' || state === 'over') return;
    reply.body.cancel();
    if (state === 'released') return close();
    state = 'over';
    const ending = chain.ending();
    const failed = ending === 'failed' || ending === 'garbled';
    const tail = decoding ? null : chain.flush();
    decoding?.close();
    if (tail) write(tail);
    if (!headSent) return passage.refuse(error);
    passage.finish(failed ? 'upstream_stream_error' : outcomeOfError(error), error, () => sink.cut(lastWords(error)));
  }

  /** The dialect's own error event; nothing where it would be read as part of a compressed stream. */
  function lastWords(error: ProxyError): string {
    if (coding !== null) return '';
    if (form === 'array') return `,${dialectFormats.gemini.errorBody(error, exchange.id)}]`;
    const separator = chain.midEvent() ? '\n\n' : '';
    return separator + dialectFormats[reply.dialect].streamError(error, exchange.id);
  }

  reply.body.start({ bytes, end, fail: breakOff });
  return { breakOff };
}
