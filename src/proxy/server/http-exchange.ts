import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { errorAnswer } from '../error-answer.ts';
import { toProxyError, type ProxyError } from '../errors.ts';
import type { AccessKey } from '../access-key.ts';
import type { Client, Received, RequestBody, Route, Settle } from '../exchange.ts';
import { outcomeOfError } from '../outcome.ts';
import type { Outcome, RequestRecord } from '../record.ts';
import type { Passage, Relaying } from '../relay/passage.ts';
import { relay } from '../relay/relay.ts';
import type { Reply } from '../reply.ts';
import { newRecord, type Opening } from './new-record.ts';
import type { ResponseSink } from './response-sink.ts';
import type { ExchangeParts } from './server-parts.ts';

/** What a sink that leaves through HTTP shows and does. */
export type ExchangeSink = Pick<ResponseSink, keyof ResponseSink>;

/**
 * An exchange that came in by HTTP, from its head to the last byte of its answer. It ends once, whoever is first: the
 * reply, an error, the client, or the proxy's own stop.
 */
export class HttpExchange implements Received, Client {
  readonly id: string;
  /** Kept here: undici takes it off a request whose body it gave up. */
  readonly socket: Socket;
  readonly method: string;
  readonly route: Route;
  readonly query: string;
  readonly headers: readonly string[];
  readonly client: Client = this;
  readonly access: AccessKey | null;
  readonly record: RequestRecord;
  body: RequestBody = { kind: 'none' };
  gone = false;
  readonly #parts: ExchangeParts;
  readonly #request: IncomingMessage;
  readonly #sink: ExchangeSink;
  readonly #whenGone: (() => void)[] = [];
  #held: Settle[] | null = null;
  #reply: Reply | null = null;
  #relaying: Relaying | null = null;
  #admitted = false;
  #ended = false;
  #releasedAt = 0;

  constructor(parts: ExchangeParts, request: IncomingMessage, sink: ExchangeSink, opening: Opening) {
    this.#parts = parts;
    this.#request = request;
    this.#sink = sink;
    this.id = opening.id;
    this.socket = request.socket;
    this.method = request.method ?? 'GET';
    this.route = opening.route;
    this.query = opening.query;
    this.headers = opening.headers;
    this.access = opening.access;
    const address = request.socket.remoteAddress ?? '';
    this.record = newRecord(opening, { method: this.method, time: parts.clock.wall(), address });
  }

  /** Waits for a place, reads the body and sends the exchange through the pipeline. */
  begin(): void {
    this.#parts.admission.ask(this);
  }

  enter(): void {
    this.#admitted = true;
    // The client may have left, or the proxy begun to stop, while the exchange waited.
    if (this.#ended) return this.#leave();
    if (this.route.endpoint.body === 'stream') return this.hasBody(this.#streamedBody());
    this.#parts.bodies.read(this.#request, this);
  }

  #streamedBody(): RequestBody {
    const length = this.#parts.declaredLength(this.#request.rawHeaders);
    if (length === 0) return { kind: 'none' };
    return { kind: 'stream', stream: this.#request, length: length === 'chunked' ? null : length };
  }

  hasBody(body: RequestBody): void {
    if (this.#ended) return this.#parts.bodies.release(body);
    this.body = body;
    this.record.bytesIn = body.kind === 'bytes' ? body.bytes.length : 0;
    this.record.marks.bodyRead = this.#parts.clock.now();
    this.#parts.sinks.started(this.record);
    try {
      this.#parts.pipeline(this).then(
        (reply) => this.#pass(reply),
        (thrown: unknown) => this.refuse(toProxyError(thrown)),
      );
    } catch (thrown) {
      this.refuse(toProxyError(thrown));
    }
  }

  #pass(reply: Reply): void {
    if (this.#ended) return reply.body.cancel();
    this.#reply = reply;
    try {
      this.#relaying = relay(new HttpPassage(this, reply, this.#sink, this.#parts.clock));
    } catch (thrown) {
      reply.body.cancel();
      this.refuse(toProxyError(thrown));
    }
  }

  /** Answers with an error of ours. */
  refuse(error: ProxyError): void {
    if (this.#ended) return;
    const { record } = this;
    record.status = error.kind.status;
    this.finish(outcomeOfError(error), error, () => {
      if (this.#sink.headSent) return this.#sink.cut('');
      const answer = errorAnswer(error, record.dialect, this.id);
      if (record.provider !== null) answer.headers.push('x-tokenpak-provider', record.provider);
      this.#sink.head(answer.status, answer.headers);
      this.#sink.end(this.method === 'HEAD' ? undefined : answer.body);
    });
  }

  /** Completes the record, and lets the last bytes go once it is kept. */
  finish(outcome: Outcome, error: ProxyError | null, release: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    const { record } = this;
    const { clock, sinks } = this.#parts;
    record.outcome = outcome;
    record.errorCode = error?.code ?? null;
    if (error?.code === 'internal') sinks.fault(error, this.id);
    record.marks.ended = clock.now();
    if (record.status === 0 && !this.gone) record.status = this.#reply?.status ?? 0;
    if (record.marks.replied === 0) record.marks.replied = record.marks.ended;
    this.#complete(outcome);
    this.#settle();
    const json = sinks.ended(record);
    sinks.whenKept(() => {
      release();
      this.#releasedAt = record.marks.ended = clock.now();
      sinks.over(record, json);
      this.#leave();
    });
  }

  /** An observer that fails costs its own facts, and nobody's answer. */
  #complete(outcome: Outcome): void {
    for (const layer of this.#reply?.layers ?? []) {
      if (!('observer' in layer)) continue;
      try {
        layer.observer.ended?.(outcome, this.record);
      } catch (thrown) {
        this.#parts.sinks.fault(toProxyError(thrown), this.id);
      }
    }
  }

  hold(settle: Settle): void {
    if (this.#ended) settle(this.record);
    else (this.#held ??= []).push(settle);
  }

  #settle(): void {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    for (const settle of held) {
      try {
        settle(this.record);
      } catch (thrown) {
        this.#parts.sinks.fault(toProxyError(thrown), this.id);
      }
    }
  }

  #leave(): void {
    this.#parts.bodies.release(this.body);
    this.body = { kind: 'none' };
    if (this.#admitted) this.#parts.admission.leave();
    else this.#parts.admission.withdraw(this);
    this.#admitted = false;
  }

  onGone(run: () => void): void {
    if (this.gone) run();
    else this.#whenGone.push(run);
  }

  /** The body, or what follows it, turned out to be no HTTP. False when it is too late to say so. */
  garbled(error: ProxyError): boolean {
    if (this.#sink.headSent) return false;
    this.breakOff(error);
    return true;
  }

  /** The client's connection has closed. */
  left(): void {
    if (this.#ended) return;
    this.#abandon('client_abort');
  }

  #abandon(outcome: Outcome): void {
    this.#reply?.body.cancel();
    this.#tellGone();
    this.finish(outcome, null, () => undefined);
  }

  #tellGone(): void {
    this.gone = true;
    for (const run of this.#whenGone.splice(0)) run();
  }

  /** Whatever is still going on ends now, with an error. */
  breakOff(error: ProxyError): void {
    if (this.#ended) return;
    if (this.#relaying) return this.#relaying.breakOff(error);
    this.refuse(error);
    this.#tellGone();
  }

  /** Gives up a client that takes nothing any more. */
  sweep(now: number, writeStallMs: number): void {
    const since = this.#sink.stalledAt || this.#releasedAt;
    if (since === 0 || now - since < writeStallMs) return;
    if (!this.#ended) this.#abandon('client_stalled');
    this.#sink.destroy();
  }
}

/** A reply of an exchange on its way. */
class HttpPassage implements Passage {
  readonly exchange: HttpExchange;
  readonly reply: Reply;
  readonly sink: ExchangeSink;
  readonly clock: Clock;

  constructor(exchange: HttpExchange, reply: Reply, sink: ExchangeSink, clock: Clock) {
    this.exchange = exchange;
    this.reply = reply;
    this.sink = sink;
    this.clock = clock;
  }

  finish(outcome: Outcome, error: ProxyError | null, release: () => void): void {
    this.exchange.finish(outcome, error, release);
  }

  refuse(error: ProxyError): void {
    this.exchange.refuse(error);
  }
}
