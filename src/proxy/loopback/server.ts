import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LRUCache } from 'lru-cache';
import { answerRequest, type Answering } from './answering.ts';
import { deliver } from './delivery.ts';
import { changesDelivery } from './directives.ts';
import type { ReadRequest } from './understanding.ts';
import { isUpload, readBody, sumUp } from './reading.ts';

interface LoopbackOptions {
  readonly host?: string;
  /** 0, the default, takes any that is free. */
  readonly port?: number;
  /** Changes ids and words; 0 by default. */
  readonly seed?: number;
}

export interface Loopback {
  readonly port: number;
  /** Scheme, host and port: what stands before `/v1`. */
  readonly url: string;
  /** Closes all connections, also those that wait for an answer. */
  readonly close: () => Promise<void>;
  /** How many requests have arrived since the start. */
  readonly requests: () => number;
}

/** An answer as it goes on the wire. */
interface ReadyAnswer {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

/** Load generators send the same small body again and again: its answer is made once. */
const maxRememberedBytes = 16 * 1024 * 1024;
const maxRememberedRequestBytes = 8192;
const maxHeaderBytes = 256 * 1024;
const keepAliveMs = 75_000;
const nothing = Buffer.alloc(0);

/**
 * Starts the loopback provider: a real HTTP server that answers in the four dialects, without a network and without a
 * key. What it answers follows from the request alone; see the directives for what a request can ask of it.
 * @throws the system's error where it cannot bind.
 */
export async function startLoopback({
  host = '127.0.0.1',
  port = 0,
  seed = 0,
}: LoopbackOptions = {}): Promise<Loopback> {
  let requests = 0;
  const respond = responder(seed);
  const options = { keepAliveTimeout: keepAliveMs, requestTimeout: 0, maxHeaderSize: maxHeaderBytes };
  const server = createServer(options, (incoming, response) => {
    requests++;
    respond(incoming, response);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    requests: () => requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function responder(seed: number) {
  const remembered = new LRUCache<string, ReadyAnswer>({
    maxSize: maxRememberedBytes,
    sizeCalculation: ({ body }, key) => key.length + body.length,
  });

  return (incoming: IncomingMessage, response: ServerResponse): void => {
    if (isUpload(incoming)) return sumUp(incoming, (upload) => answer(readRequest(incoming, { upload }), response));
    readBody(incoming, (body) => {
      if (body === null) return void response.writeHead(413).end();
      const key = rememberedKey(incoming, body);
      const ready = key === null ? undefined : remembered.get(key);
      if (ready !== undefined) return send(response, ready);
      const made = answer(readRequest(incoming, { body }), response);
      if (key !== null && made !== null) remembered.set(key, made);
    });
  };

  /** Answers, and gives what was sent if it may be sent to the next that asks the same. */
  function answer(request: ReadRequest, response: ServerResponse): ReadyAnswer | null {
    const answering = answerRequest(request, seed);
    if (changesDelivery(answering.directives)) {
      deliver(response, answering).catch(() => response.destroy());
      return null;
    }
    const ready = readyAnswer(answering);
    send(response, ready);
    return ready;
  }
}

function send(response: ServerResponse, { status, headers, body }: ReadyAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}

function readyAnswer({ provided, headers }: Answering): ReadyAnswer {
  const all = [...provided.headers, ...headers];
  if (provided.kind === 'stream') return { status: 200, headers: all, body: Buffer.from(provided.events.join('')) };
  const body = Buffer.from(provided.body);
  all.push('content-length', String(body.length));
  return { status: provided.status, headers: all, body };
}

function readRequest(incoming: IncomingMessage, content: Partial<Pick<ReadRequest, 'body' | 'upload'>>): ReadRequest {
  const { method = '', url = '', headers } = incoming;
  return { method: method === 'HEAD' ? 'GET' : method, url, headers, body: nothing, upload: null, ...content };
}

/** All that an answer follows from, or null for requests that are too large to be worth it. */
function rememberedKey({ method, url, headers }: IncomingMessage, body: Buffer): string | null {
  if (method !== 'POST' || body.length > maxRememberedRequestBytes || headers['content-encoding'] !== undefined)
    return null;
  return `${url}\n${String(headers['x-loopback'])}\n${String(headers['anthropic-version'])}\n${body.toString('latin1')}`;
}
