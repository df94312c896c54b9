import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Bag } from '../bag.ts';
import { errorAnswer } from '../error-answer.ts';
import { ProxyError, toProxyError } from '../errors.ts';
import type { Endpoint } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import { closing, stopReading } from './gentle-close.ts';
import { HttpExchange } from './http-exchange.ts';
import { ResponseSink } from './response-sink.ts';
import type { ServerParts } from './server-parts.ts';
import { endTurn, takeTurn } from './turns.ts';

const json = /^application\/(?:[\w.-]+\+)?json\b/i;

/** A request at the door. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: string;
  readonly receivedAt: number;
}

/** Where requests come in: each is guarded, and becomes an answer of our own, an exchange, or a refusal. */
export class Door {
  readonly inFlight = new Bag<HttpExchange>();
  readonly #parts: ServerParts;
  #isShut = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  /** From now on new requests are told to come back later. */
  shut(): void {
    this.#isShut = true;
  }

  open(request: IncomingMessage, response: ServerResponse): void {
    takeTurn(request.socket, () => this.#serve(request, response, request.socket));
  }

  #serve(request: IncomingMessage, response: ServerResponse, socket: Socket): void {
    const visit = { request, response, id: this.#parts.newId(), receivedAt: this.#parts.clock.now() };
    let exchange: HttpExchange | null = null;
    response.on('close', () => {
      if (exchange) this.inFlight.delete(exchange);
      exchange?.left();
      endTurn(socket);
    });
    try {
      exchange = this.#enter(visit);
    } catch (thrown) {
      this.#refuse(visit, toProxyError(thrown));
    }
  }

  /** Null when the request was one for tokenpak itself. */
  #enter({ request, response, id, receivedAt }: Visit): HttpExchange | null {
    const parts = this.#parts;
    const { method = 'GET', url = '', httpVersion, rawHeaders } = request;
    const headers = parts.guard({ method, url, httpVersion, headers: rawHeaders });
    const hasBody = parts.declaredLength(rawHeaders) !== 0;
    if (hasBody && (method === 'GET' || method === 'HEAD')) {
      throw new ProxyError('bad_framing', `a ${method} request has no body`);
    }
    const own = parts.own(method, url);
    if (own) {
      request.resume();
      own(response, id);
      return null;
    }
    if (this.#isShut) throw new ProxyError('draining', 'tokenpak is stopping');
    const { route, query } = parts.route(method, url);
    if (hasBody) checkType(route.endpoint, rawHeaders);
    const sink = new ResponseSink(request, response, parts);
    const exchange = new HttpExchange(parts, request, sink, { id, route, query, headers, access: null, receivedAt });
    this.inFlight.add(exchange);
    exchange.begin();
    return exchange;
  }

  #refuse({ request, response, id }: Visit, error: ProxyError): void {
    const { sinks, clock, dialectOfPath, declaredLength } = this.#parts;
    if (error.code === 'internal') sinks.fault(error, id);
    sinks.refused(error);
    const answer = errorAnswer(error, dialectOfPath(request.url ?? ''), id);
    const isLast = error.kind.close || declaredLength(request.rawHeaders) !== 0;
    if (isLast) stopReading({ request, socket: request.socket }, clock);
    response.sendDate = false;
    response.writeHead(answer.status, isLast ? closing(answer.headers) : answer.headers);
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  /** What follows on a connection is no HTTP: refuses the request that is under way there, and says whether there was one that could be. */
  garbled(socket: Socket, error: ProxyError): boolean {
    for (const exchange of this.inFlight) if (exchange.socket === socket) return exchange.garbled(error);
    return false;
  }
}

/** A page can send a form or plain text without asking; JSON it cannot. */
function checkType(endpoint: Endpoint, headers: readonly string[]): void {
  if (endpoint.body === 'json' && !json.test(headerOf(headers, 'content-type') ?? '')) {
    throw new ProxyError('unsupported_media', 'this endpoint takes application/json');
  }
}
