import type { ProxyError } from '../errors.ts';
import { outcomeOfError } from '../outcome.ts';
import type { BodyReceiver } from '../reply.ts';
import { outcomeOfReply, sendHead, type Passage, type Relaying } from './passage.ts';

/** Passes a body as it comes: files, audio, errors that are no JSON, and answers without a body. */
export function relayRaw(passage: Passage): Relaying {
  const raw = rawPassage(passage);
  passage.reply.body.start(raw);
  return raw;
}

/** The receiver that does so, for who has taken some bytes already. */
export function rawPassage(passage: Passage): BodyReceiver & Relaying {
  const { exchange, reply, sink, clock, finish, refuse } = passage;
  const { record } = exchange;
  let headSent = false;

  function bytes(chunk: Buffer): void {
    if (!headSent) {
      headSent = true;
      record.marks.providerReady = clock.now();
      sendHead(passage);
    }
    record.bytesOut += chunk.length;
    if (!sink.write(chunk)) {
      reply.body.pause();
      sink.onDrain(() => reply.body.resume());
    }
  }

  function end(): void {
    if (!headSent) record.marks.providerReady = clock.now();
    finish(outcomeOfReply(reply), null, () => {
      if (!headSent) sendHead(passage);
      sink.end();
    });
  }

  function breakOff(error: ProxyError): void {
    reply.body.cancel();
    if (!headSent) return refuse(error);
    finish(outcomeOfError(error), error, () => sink.cut(''));
  }

  return { bytes, end, fail: breakOff, breakOff };
}
