import type { IncomingMessage } from 'node:http';
import { Bag } from '../bag.ts';
import type { Cancel, Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { RequestBody } from '../exchange.ts';
import { BodyMemory } from './body-memory.ts';
import type { Load } from './load.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** How long a body may take that comes at less than 1 KiB/s. */
  readonly bodyMs: number;
  /** Bytes of all bodies that are held at once. */
  readonly maxHeldBytes: number;
}

/** Is told once how the reading went, or nothing if the client leaves first. */
interface BodyListener {
  readonly hasBody: (body: RequestBody) => void;
  readonly refuse: (error: ProxyError) => void;
}

const minBytesPerMs = 1024 / 1000;

/** What the head says of the body's length: bytes, or 'chunked'; 0 where it says nothing. */
export function declaredLength(headers: readonly string[]): number | 'chunked' {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length === 14 && name.toLowerCase() === 'content-length') return Number(headers[index + 1]);
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return 'chunked';
  }
  return 0;
}

/** Reads JSON bodies whole. Their pace is looked at once a second, in one list. */
export class BodyReader {
  readonly #limits: BodyLimits;
  readonly #clock: Clock;
  readonly #load: Load;
  readonly #readings = new Bag<Reading>();
  readonly #memory = new BodyMemory();
  readonly #stop: Cancel;
  #heldBytes = 0;

  constructor(limits: BodyLimits, clock: Clock, load: Load) {
    this.#limits = limits;
    this.#clock = clock;
    this.#load = load;
    this.#stop = clock.every(1000, () => this.#sweep());
  }

  /** The bytes of the body count as held until they are released. */
  read(request: IncomingMessage, listener: BodyListener): void {
    const declared = declaredLength(request.rawHeaders);
    if (declared !== 'chunked' && declared > this.#limits.maxBytes) return listener.refuse(this.#tooLarge());
    if (declared !== 'chunked' && this.#heldBytes + declared > this.#limits.maxHeldBytes) {
      return listener.refuse(this.#tooMany());
    }
    const reading: Reading = {
      request,
      listener,
      startedAt: this.#clock.now(),
      chunks: [],
      length: 0,
      onData: (chunk) => this.#take(reading, chunk),
      onEnd: () => this.#complete(reading),
    };
    this.#readings.add(reading);
    request.on('data', reading.onData).on('end', reading.onEnd);
  }

  #take(reading: Reading, chunk: Buffer): void {
    reading.chunks.push(chunk);
    reading.length += chunk.length;
    this.#heldBytes += chunk.length;
    if (reading.length > this.#limits.maxBytes) this.#fail(reading, this.#tooLarge());
    else if (this.#heldBytes > this.#limits.maxHeldBytes) {
      this.#fail(reading, this.#tooMany());
    }
  }

  #complete(reading: Reading): void {
    this.#readings.delete(reading);
    const { chunks, length, listener } = reading;
    listener.hasBody(length === 0 ? { kind: 'none' } : { kind: 'bytes', ...this.#memory.join(chunks, length) });
  }

  #sweep(): void {
    const now = this.#clock.now();
    const { bodyMs } = this.#limits;
    for (const reading of this.#readings) {
      const elapsedMs = now - reading.startedAt;
      if (reading.request.destroyed) this.#abandon(reading);
      else if (elapsedMs > bodyMs && reading.length < elapsedMs * minBytesPerMs) {
        this.#fail(reading, new ProxyError('slow_request', `the body did not arrive within ${bodyMs} ms`));
      }
    }
  }

  #fail(reading: Reading, error: ProxyError): void {
    this.#abandon(reading);
    reading.listener.refuse(error);
  }

  #abandon(reading: Reading): void {
    this.#readings.delete(reading);
    this.#heldBytes -= reading.length;
    reading.request.off('data', reading.onData).off('end', reading.onEnd);
  }

  #tooMany(): ProxyError {
    return this.#load.refusal('bodies', 'too many large requests at once');
  }

  #tooLarge(): ProxyError {
    return new ProxyError('too_large', `the body is larger than ${this.#limits.maxBytes} bytes`);
  }

  release(body: RequestBody): void {
    if (body.kind !== 'bytes') return;
    this.#heldBytes -= body.bytes.length;
    body.memory?.release();
  }

  close(): void {
    this.#stop();
  }
}

interface Reading {
  readonly request: IncomingMessage;
  readonly listener: BodyListener;
  readonly startedAt: number;
  readonly chunks: Buffer[];
  length: number;
  readonly onData: (chunk: Buffer) => void;
  readonly onEnd: () => void;
}
