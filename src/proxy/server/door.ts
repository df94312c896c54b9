import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Bag } from '../bag.ts';
import { errorAnswer } from '../error-answer.ts';
import { ProxyError, toProxyError } from '../errors.ts';
import type { Endpoint } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import { closing, stopReading } from './gentle-close.ts';
import { HttpExchange } from './http-exchange.ts';
import type { ServerParts } from './server-parts.ts';
import { endTurn, takeTurn } from './turns.ts';

const json = /^application\/(?:[\w.-]+\+)?json\b/i;

/** Where requests come in: each is guarded, and becomes an answer of our own, an exchange, or a refusal. */
export interface Door {
  readonly open: (request: IncomingMessage, response: ServerResponse) => void;
  readonly inFlight: Bag<HttpExchange>;
  /** From now on new requests are told to come back later. */
  readonly shut: () => void;
  /** What follows on a connection is no HTTP: refuses the request that is under way there, and says whether there was one that could be. */
  readonly garbled: (socket: Socket, error: ProxyError) => boolean;
}

export function createDoor(parts: ServerParts): Door {
  const inFlight = new Bag<HttpExchange>();
  const reading = new WeakMap<Socket, HttpExchange>();
  let shut = false;

  function open(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    takeTurn(socket, () => {
      const receivedAt = parts.clock.now();
      const id = parts.newId();
      let exchange: HttpExchange | null = null;
      response.on('close', () => {
        if (exchange) inFlight.delete(exchange);
        exchange?.left();
        endTurn(socket);
      });
      try {
        exchange = enter(request, response, id, receivedAt);
      } catch (thrown) {
        refuse(request, response, id, thrown);
      }
    });
  }

  /** Null when the request was one for tokenpak itself. */
  function enter(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    receivedAt: number,
  ): HttpExchange | null {
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
    if (shut) throw new ProxyError('draining', 'tokenpak is stopping');
    const { route, query } = parts.route(method, url);
    if (hasBody) checkType(route.endpoint, rawHeaders);
    const exchange = new HttpExchange(parts, request, response, { id, route, query, headers, receivedAt });
    inFlight.add(exchange);
    reading.set(request.socket, exchange);
    exchange.begin();
    return exchange;
  }

  function refuse(request: IncomingMessage, response: ServerResponse, id: string, thrown: unknown): void {
    const error = toProxyError(thrown);
    if (error.code === 'internal') parts.sinks.fault(error, id);
    parts.sinks.refused(error);
    const answer = errorAnswer(error, parts.dialectOfPath(request.url ?? ''), id);
    const isLast = error.kind.close || parts.declaredLength(request.rawHeaders) !== 0;
    if (isLast) stopReading({ request, socket: request.socket }, parts.clock);
    response.sendDate = false;
    response.writeHead(answer.status, isLast ? closing(answer.headers) : answer.headers);
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  return {
    open,
    inFlight,
    shut: () => void (shut = true),
    garbled(socket, error) {
      const exchange = reading.get(socket);
      return exchange !== undefined && inFlight.has(exchange) && exchange.garbled(error);
    },
  };
}

/** A page can send a form or plain text without asking; JSON it cannot. */
function checkType(endpoint: Endpoint, headers: readonly string[]): void {
  if (endpoint.body === 'json' && !json.test(headerOf(headers, 'content-type') ?? '')) {
    throw new ProxyError('unsupported_media', 'this endpoint takes application/json');
  }
}
