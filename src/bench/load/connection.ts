import { connect } from 'node:net';
import { createReplyReader, type ReplyListener } from './reply-reader.ts';

interface ExchangeListener extends ReplyListener {
  /** The connection broke, or what came was no reply. */
  readonly failed: (error: Error) => void;
}

/** One keep-alive connection, which carries one request at a time. */
export interface Connection {
  readonly send: (request: Buffer, listener: ExchangeListener) => void;
  readonly close: () => void;
}

/**
 * Connects to a port of 127.0.0.1. Reads go into one buffer of the connection's own, so that none is allocated for each.
 * `closed` is called when the other side has closed it, also between two requests.
 */
export function openConnection(port: number, closed?: () => void): Promise<Connection> {
  let listener: ExchangeListener | null = null;
  let error = new Error(`port ${port} closed the connection`);
  const reader = createReplyReader({
    head: (head) => listener?.head?.(head),
    body: (bytes) => listener?.body?.(bytes),
    end: (status, bodyBytes) => listener?.end(status, bodyBytes),
  });
  const buffer = Buffer.allocUnsafe(64 * 1024);
  const take = (length: number): boolean => {
    try {
      reader(buffer.subarray(0, length));
    } catch (cause) {
      listener?.failed(cause as Error);
    }
    return true;
  };
  const socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback: take } }).setNoDelay(true);
  socket.on('error', (cause) => void (error = cause));
  socket.on('close', () => {
    listener?.failed(error);
    closed?.();
  });
  const connection: Connection = {
    send(request, asker) {
      listener = asker;
      socket.write(request);
    },
    close() {
      listener = null;
      socket.destroy();
    },
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection)).once('error', reject);
  });
}
