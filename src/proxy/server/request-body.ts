import type { IncomingMessage } from 'node:http';
import { Bag } from '../bag.ts';
import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { RequestBody } from '../exchange.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** How long a body may take that comes at less than 1 KiB/s. */
  readonly bodyMs: number;
  /** Bytes of all bodies that are held at once. */
  readonly maxHeldBytes: number;
}

/** Is told once how the reading went, or nothing if the client leaves first. */
export interface BodyListener {
  readonly done: (body: RequestBody) => void;
  readonly failed: (error: ProxyError) => void;
}

export interface BodyReader {
  /** Reads a body whole. Its bytes count as held until they are released. */
  readonly read: (request: IncomingMessage, listener: BodyListener) => void;
  readonly release: (body: RequestBody) => void;
  readonly close: () => void;
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

/** Makes the reader of JSON bodies. Their pace is looked at once a second, in one list. */
export function createBodyReader(limits: BodyLimits, clock: Clock): BodyReader {
  const readings = new Bag<Reading>();
  let heldBytes = 0;

  const stop = clock.every(1000, () => {
    const now = clock.now();
    for (const reading of readings) {
      const elapsedMs = now - reading.startedAt;
      if (reading.request.destroyed) abandon(reading);
      else if (elapsedMs > limits.bodyMs && reading.length < elapsedMs * minBytesPerMs) {
        abandon(reading);
        reading.listener.failed(new ProxyError('slow_request', `the body did not arrive within ${limits.bodyMs} ms`));
      }
    }
  });

  function end(reading: Reading): void {
    readings.delete(reading);
    reading.request.off('data', reading.onData).off('end', reading.onEnd);
  }

  function abandon(reading: Reading): void {
    end(reading);
    heldBytes -= reading.length;
  }

  function read(request: IncomingMessage, listener: BodyListener): void {
    const declared = declaredLength(request.rawHeaders);
    if (declared !== 'chunked' && declared > limits.maxBytes) return listener.failed(tooLarge(limits));
    const chunks: Buffer[] = [];
    const fail = (error: ProxyError): void => {
      abandon(reading);
      listener.failed(error);
    };
    const reading: Reading = {
      request,
      listener,
      startedAt: clock.now(),
      length: 0,
      onData(chunk) {
        chunks.push(chunk);
        reading.length += chunk.length;
        heldBytes += chunk.length;
        if (reading.length > limits.maxBytes) fail(tooLarge(limits));
        else if (heldBytes > limits.maxHeldBytes) fail(new ProxyError('overloaded', 'too many large requests at once'));
      },
      onEnd() {
        end(reading);
        const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, reading.length);
        listener.done(reading.length === 0 ? { kind: 'none' } : { kind: 'bytes', bytes });
      },
    };
    readings.add(reading);
    request.on('data', reading.onData).on('end', reading.onEnd);
  }

  return {
    read,
    release(body) {
      if (body.kind === 'bytes') heldBytes -= body.bytes.length;
    },
    close: stop,
  };
}

interface Reading {
  readonly request: IncomingMessage;
  readonly listener: BodyListener;
  readonly startedAt: number;
  length: number;
  readonly onData: (chunk: Buffer) => void;
  readonly onEnd: () => void;
}

function tooLarge(limits: BodyLimits): ProxyError {
  return new ProxyError('too_large', `the body is larger than ${limits.maxBytes} bytes`);
}
