import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AccessKey } from '../access-key.ts';
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

const none: readonly string[] = [];
const tokenNeeded =
  'this tokenpak is exposed and needs its token or an access key, as the API key or as x-tokenpak-key';

/** A request at the door. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: string;
  readonly receivedAt: number;
  /** It came on a connection that is one too many. */
  readonly isGuest: boolean;
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
    const { newId, clock, connections } = this.#parts;
    const visit = { request, response, id: newId(), receivedAt: clock.now(), isGuest: connections.isGuest(socket) };
    if (visit.isGuest) response.shouldKeepAlive = false;
    let exchange: HttpExchange | null = null;
    response.on('close', () => {
      if (exchange) this.inFlight.delete(exchange);
      exchange?.left();
      endTurn(socket, clock.now());
    });
    try {
      exchange = this.#enter(visit);
    } catch (thrown) {
      this.#refuse(visit, toProxyError(thrown));
    }
  }

  /** Null when the request was one for tokenpak itself. */
  #enter({ request, response, id, receivedAt, isGuest }: Visit): HttpExchange | null {
    const parts = this.#parts;
    const { method = 'GET', url = '', httpVersion, rawHeaders } = request;
    const guarded = parts.guard({ method, url, httpVersion, headers: rawHeaders });
    const head = parts.takeKeys(url, guarded.headers) ?? { url, headers: guarded.headers, keys: none };
    const hasBody = parts.declaredLength(rawHeaders) !== 0;
    if (hasBody && (method === 'GET' || method === 'HEAD')) {
      throw new ProxyError('bad_framing', `a ${method} request has no body`);
    }
    const own = parts.own(method, head.url);
    if (own) {
      if (!guarded.isTrusted) this.#admit(head.keys, false);
      request.resume();
      own(response, id);
      return null;
    }
    this.#checkOpen(isGuest);
    const { route, query, accessKey } = parts.route(method, head.url);
    const access = this.#admit(withKey(head.keys, accessKey), guarded.isTrusted);
    if (hasBody) checkType(route.endpoint, rawHeaders);
    const sink = new ResponseSink(request, response, parts);
    const opening = { id, route, query, headers: head.headers, access, receivedAt };
    const exchange = new HttpExchange(parts, request, sink, opening);
    this.inFlight.add(exchange);
    exchange.begin();
    return exchange;
  }

  #checkOpen(isGuest: boolean): void {
    if (isGuest) throw this.#parts.load.refusal('connections', 'too many connections are open');
    if (this.#isShut) throw new ProxyError('draining', 'tokenpak is stopping');
  }

  /** An access key stands for the token of an exposed proxy. */
  #admit(keys: readonly string[], isTrusted: boolean): AccessKey | null {
    if (!isTrusted && keys.length === 0) throw new ProxyError('unauthorized', tokenNeeded);
    return this.#parts.admitKeys(keys);
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

function withKey(keys: readonly string[], key: string | null): readonly string[] {
  return key === null || keys.includes(key) ? keys : [...keys, key];
}

/** A page can send a form or plain text without asking; JSON it cannot. */
function checkType(endpoint: Endpoint, headers: readonly string[]): void {
  if (endpoint.body === 'json' && !json.test(headerOf(headers, 'content-type') ?? '')) {
    throw new ProxyError('unsupported_media', 'this endpoint takes application/json');
  }
}
