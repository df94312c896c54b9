import { connect, type Socket } from 'node:net';
import type { Connection } from './connection.ts';
import { createLenientReader } from './reply-reader.ts';

type Listener = Parameters<Connection['send']>[1];

/** Behind such an answer the connection carries nothing more (RFC 9112, section 9.3). */
const isLast = /^HTTP\/1\.0|\nconnection: *close/i;

/** A server that sends nothing for so long has lost the request. */
const silenceMs = 20_000;

/** To a port of 127.0.0.1, whose server may close it behind an answer: then the next request opens another. */
class PeerConnection implements Connection {
  readonly #port: number;
  #socket: Socket | null = null;
  /** Who waits for an answer. */
  #listener: Listener | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  send(request: Buffer, listener: Listener): void {
    this.#listener = listener;
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  close(): void {
    this.#listener = null;
    this.#drop();
  }

  #drop(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1' }).setNoDelay(true);
    let error = new Error(`port ${this.#port} closed the connection`);
    let isSpent = false;
    const reader = createLenientReader({
      head: (head) => {
        isSpent = isLast.test(head);
        this.#listener?.head?.(head);
      },
      body: (bytes) => this.#listener?.body?.(bytes),
      end: (status, bodyBytes) => {
        const listener = this.#listener;
        this.#listener = null;
        if (isSpent) this.#drop();
        listener?.end(status, bodyBytes);
      },
    });
    socket.on('data', (bytes) => {
      if (socket === this.#socket) this.#guarded(() => reader.read(bytes));
    });
    const silent = new Error(`port ${this.#port} sent nothing for ${silenceMs / 1000} s`);
    socket.setTimeout(silenceMs, () => socket.destroy(silent));
    socket.on('error', (cause) => void (error = cause));
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.#guarded(() => void reader.closed());
      // What was asked anew by the end of an answer has a socket of its own by now.
      if (this.#socket === null) this.#fail(error);
    });
    return socket;
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (cause) {
      this.#fail(cause as Error);
    }
  }

  #fail(error: Error): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.failed(error);
  }
}

export function createPeerConnection(port: number): Connection {
  return new PeerConnection(port);
}
