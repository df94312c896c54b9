import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { errorAnswer } from '../error-answer.ts';
import { ProxyError } from '../errors.ts';
import type { ClientConnections } from './client-connections.ts';
import type { Door } from './door.ts';
import { endGently } from './gentle-close.ts';
import type { Load } from './load.ts';
import type { ClientDeadlineOptions } from './options.ts';
import { hasTurn } from './turns.ts';

/** How long a connection that is one too many may take to ask something. */
const guestMs = 1000;

export interface ServerOptions {
  readonly client: ClientDeadlineOptions;
  readonly connections: ClientConnections;
  readonly load: Load;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly refused: (error: ProxyError) => void;
}

export interface Listener {
  /** Binds one more address and gives its port; rejects with Node's error. */
  readonly listen: (host: string, port: number) => Promise<number>;
  /** Stops taking connections, and closes those that carry nothing. */
  readonly stopListening: () => void;
  readonly destroy: () => void;
}

/**
 * Connections that the system takes in before we do, up to its own limit. With Node's 511, of a thousand clients that
 * come at once half are dropped, and try again only after a second.
 */
const backlog = 4096;

/** Node's HTTP server with its gaps closed: what it lets through or leaves open by itself is refused or ended here. */
export function createListener(door: Door, options: ServerOptions): Listener {
  const silent = new Map<Socket, number>();
  const servers: Server[] = [];
  const stopSweeping = options.clock.every(1000, () => sweep(door, silent, options));
  return {
    async listen(host, port) {
      const server = makeServer(door, options, silent);
      const bound = await listen(server, host, port);
      servers.push(server);
      return bound;
    },
    stopListening() {
      for (const server of servers) {
        server.close();
        server.closeIdleConnections();
      }
    },
    destroy() {
      stopSweeping();
      options.load.close();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function makeServer(door: Door, options: ServerOptions, silent: Map<Socket, number>): Server {
  const server = createServer({
    maxHeaderSize: 64 * 1024,
    keepAliveTimeout: options.client.keepAliveMs,
    headersTimeout: options.client.headersMs,
    requestTimeout: 0,
    connectionsCheckingInterval: 1000,
    noDelay: true,
    requireHostHeader: false,
  });
  // Beyond a thousand Node would drop headers without a word, the credential among them.
  server.maxHeadersCount = 0;
  const open = (request: IncomingMessage, response: ServerResponse): void => {
    silent.delete(request.socket);
    door.open(request, response);
  };
  server.on('connection', (socket: Socket) => {
    // Node remembers the address from here on. Who has none has left already, and would be under nobody's limit.
    if (socket.remoteAddress === undefined) return void socket.destroy();
    if (!options.connections.take(socket)) return;
    silent.set(socket, options.clock.now());
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', open);
  // Node would answer 100 before anybody has looked at the head; here it comes once the body is wanted.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    request.once('resume', () => response.writeContinue());
    open(request, response);
  });
  server.on('checkExpectation', open);
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    // What comes behind the last words to this client is not listened to.
    if (socket.writableEnded && error.code !== 'ECONNRESET') return;
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const refusal = parseError(error.code ?? '');
    if (!door.garbled(socket, refusal)) answerRaw(socket, refusal, options);
  });
  server.on('connect', (_request, socket: Socket) => {
    answerRaw(socket, new ProxyError('method', 'CONNECT is not served', { allow: ['GET', 'POST'] }), options);
  });
  server.on('upgrade', (_request, socket: Socket) => {
    const message = 'WebSockets are not served: use HTTP (Codex: supports_websockets = false)';
    answerRaw(socket, new ProxyError('upgrade', message), options);
  });
  return server;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Ends connections that never sent a whole head, or that nobody can afford any more, and exchanges whose client takes nothing. */
function sweep(door: Door, silent: Map<Socket, number>, options: ServerOptions): void {
  const now = options.clock.now();
  const { connections, load, client } = options;
  for (const [socket, since] of silent) {
    if (now - since <= (connections.isGuest(socket) ? guestMs : client.headersMs)) continue;
    if (socket.bytesRead > 0 && socket.writable) answerRaw(socket, slowHeaders(), options);
    else socket.destroy();
  }
  for (const exchange of door.inFlight) exchange.sweep(now, client.writeStallMs);
  if (load.closesIdle) connections.trim(Infinity);
}

/** What Node could not parse. */
function parseError(code: string): ProxyError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ProxyError('headers_too_large', 'the headers are larger than 64 KiB');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return slowHeaders();
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ProxyError('too_large', 'the chunk extensions are too large');
    default:
      return new ProxyError('bad_framing', `this is not a valid HTTP request (${code})`);
  }
}

function slowHeaders(): ProxyError {
  return new ProxyError('slow_request', 'the headers did not arrive in time');
}

/** An answer where there is no request to answer. Into an answer that is on its way nothing may be written: there the connection ends. */
function answerRaw(socket: Socket, error: ProxyError, options: ServerOptions): void {
  if (hasTurn(socket)) return void socket.destroy();
  options.refused(error);
  const { status, headers, body } = errorAnswer(error, null, options.newId());
  const lines = headers.map((name, index) => (index % 2 === 0 ? `${name}: ${headers[index + 1]}\r\n` : ''));
  const close = headers.includes('connection') ? '' : 'connection: close\r\n';
  socket.on('error', () => undefined);
  endGently(socket, options.clock, `HTTP/1.1 ${status} ${error.code}\r\n${lines.join('')}${close}\r\n${body}`);
}
