import type { ProxyError } from '../errors.ts';
import { outcomeOfError } from '../outcome.ts';
import type { BodyReceiver } from '../reply.ts';
import { Outlet } from './outlet.ts';
import { outcomeOfReply, type Passage, type Relaying } from './passage.ts';

/** Passes a body as it comes: files, audio, errors that are no JSON, and answers without a body. Its owner starts the body, who may have taken some bytes already. */
export class RawReply implements BodyReceiver, Relaying {
  readonly #passage: Passage;
  readonly #outlet: Outlet;

  constructor(passage: Passage) {
    this.#passage = passage;
    this.#outlet = new Outlet(passage, null);
  }

  bytes(chunk: Buffer): void {
    this.#outlet.ready();
    this.#outlet.write(chunk);
  }

  end(): void {
    this.#outlet.ready();
    this.#passage.finish(outcomeOfReply(this.#passage.reply), null, () => this.#outlet.end());
  }

  fail(error: ProxyError): void {
    this.breakOff(error);
  }

  breakOff(error: ProxyError): void {
    const { reply, sink } = this.#passage;
    reply.body.cancel();
    if (!this.#outlet.isOpen) return this.#passage.refuse(error);
    this.#passage.finish(outcomeOfError(error), error, () => sink.cut(''));
  }
}
