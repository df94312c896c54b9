import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { messageBuffer } from './http-message.ts';
import { resetSocket } from './reset-socket.ts';

interface UpstreamRequest {
  /** Request line and headers, as they came. */
  readonly head: string;
  /** Its chunks joined, if it was chunked. */
  readonly body: Buffer;
}

/** How a connection ended, and through whom: the first of the causes, if there were several. */
interface ConnectionEnd {
  readonly index: number;
  readonly by: 'client' | 'us';
  readonly how: 'end' | 'reset';
  /** `performance.now()` when it was seen. */
  readonly atMs: number;
}

/** A connection as a script sees it. */
export interface UpstreamConnection {
  /** 0 for the first connection of the server. */
  readonly index: number;
  /** The next request, whole. Rejects where the connection ends before it is complete. */
  readonly read: () => Promise<UpstreamRequest>;
  /** Resolves once the system has taken the bytes, or the connection is gone. */
  readonly write: (bytes: string | Buffer) => Promise<void>;
  readonly end: () => void;
  /** Resolves once it has happened, a moment later, so that the client has read what was written before. */
  readonly reset: () => Promise<void>;
  /** Stops taking bytes from the client, so that its writes back up. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly ended: Promise<ConnectionEnd>;
}

/** Is run for each connection. What it throws is thrown again by `close`, unless the connection was gone by then. */
export type UpstreamScript = (connection: UpstreamConnection) => void | Promise<void>;

export interface FakeUpstream {
  readonly port: number;
  readonly url: string;
  /** How many there have been. */
  readonly connections: () => number;
  /** All that were read, in order. */
  readonly requests: readonly UpstreamRequest[];
  /** All that have ended, in order. */
  readonly ends: readonly ConnectionEnd[];
  /** Resets what is still open. */
  readonly close: () => Promise<void>;
}

/**
 * A provider made of a bare socket, since faults need bytes that no HTTP library would send.
 * @param script says and does what this provider is to say and do on each connection
 */
export async function fakeUpstream(script: UpstreamScript): Promise<FakeUpstream> {
  const sockets = new Set<Socket>();
  const requests: UpstreamRequest[] = [];
  const ends: ConnectionEnd[] = [];
  const faults: unknown[] = [];
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const connection = connectionOn(socket, connections++, requests);
    void connection.ended.then((end) => ends.push(end));
    void run(script, connection, socket).catch((error: unknown) => faults.push(error));
  });
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    requests,
    ends,
    async close() {
      for (const socket of sockets) socket.resetAndDestroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
      if (faults.length > 0) throw faults[0];
    },
  };
}

async function run(script: UpstreamScript, connection: UpstreamConnection, socket: Socket): Promise<void> {
  try {
    await script(connection);
  } catch (error) {
    if (!socket.destroyed && !socket.readableEnded) throw error;
  }
}

function connectionOn(socket: Socket, index: number, requests: UpstreamRequest[]): UpstreamConnection {
  const incoming = requestReader(socket);
  let tell: (end: ConnectionEnd) => void;
  const ended = new Promise<ConnectionEnd>((resolve) => (tell = resolve));
  const end = (by: 'client' | 'us', how: 'end' | 'reset'): void => tell({ index, by, how, atMs: performance.now() });
  socket.on('end', () => end('client', 'end'));
  socket.on('error', () => end('client', 'reset'));
  return {
    index,
    async read() {
      const request = await incoming();
      requests.push(request);
      return request;
    },
    write: (bytes) => new Promise((resolve) => void socket.write(bytes, () => resolve())),
    end() {
      end('us', 'end');
      socket.end();
    },
    reset() {
      end('us', 'reset');
      return resetSocket(socket);
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    ended,
  };
}

/** Gives one request after the other, whether its bytes came before it was asked for or after. */
function requestReader(socket: Socket): () => Promise<UpstreamRequest> {
  const received = messageBuffer();
  let look: () => void = () => undefined;
  let closed = false;
  socket.on('data', (chunk: Buffer) => {
    received.append(chunk);
    look();
  });
  socket.on('end', stop);
  socket.on('close', stop);

  function stop(): void {
    closed = true;
    look();
  }

  return () =>
    new Promise((resolve, reject) => {
      look = () => {
        const message = received.take(closed);
        if (message !== null) {
          look = () => undefined;
          resolve(message);
        } else if (closed) reject(new Error('the client closed the connection before its request was complete'));
      };
      look();
    });
}
