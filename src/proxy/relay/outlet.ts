import { sendHead, type Passage } from './passage.ts';

/** The way out for a body that passes as it comes: the head goes with its first byte, and a client that is slow slows its provider. */
export class Outlet {
  readonly #passage: Passage;
  readonly #omit: string | null;
  /** Whether the head has gone. */
  isOpen = false;
  /** Whether the client has yet to take what it was given. */
  isFull = false;

  /** @param omit a header that does not hold for what is sent, or null */
  constructor(passage: Passage, omit: string | null) {
    this.#passage = passage;
    this.#omit = omit;
  }

  /** The provider has given what was waited for. */
  ready(): void {
    const { exchange, clock } = this.#passage;
    const { marks } = exchange.record;
    if (marks.providerReady === 0) marks.providerReady = clock.now();
  }

  write(chunk: Buffer): void {
    const { exchange, sink, reply } = this.#passage;
    const isFirst = !this.isOpen;
    this.#open();
    exchange.record.bytesOut += chunk.length;
    const isTaken = sink.write(chunk);
    // Users wait for the first bytes; later ones gain from going together.
    if (isFirst) sink.flush();
    if (isTaken) return;
    reply.body.pause();
    // What came together with the head is written in a row, whether the client takes it or not: one listener does.
    if (this.isFull) return;
    this.isFull = true;
    sink.onDrain(() => {
      this.isFull = false;
      reply.body.resume();
    });
  }

  end(): void {
    this.#open();
    this.#passage.sink.end();
  }

  #open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    sendHead(this.#passage, [], this.#omit);
  }
}
