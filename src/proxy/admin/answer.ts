import type { Cancel } from '../clock.ts';

/** Whom a stream of text is written to; how it reaches them is not known here. */
export interface StreamReader {
  readonly write: (text: string) => void;
  /** Bytes that were written and not taken yet. */
  readonly unreadBytes: () => number;
  readonly close: () => void;
}

/** An answer that is whole; `content-length` is among its headers. */
export interface WholeAnswer {
  readonly status: number;
  /** Raw name, value, name, value, … */
  readonly headers: readonly string[];
  /** Empty for HEAD. */
  readonly body: string;
}

/** An answer that goes on until its reader leaves. */
export interface StreamAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  /** Begins to write, and gives what ends it when the reader has left. */
  readonly stream: (reader: StreamReader) => Cancel;
}

export type AdminAnswer = WholeAnswer | StreamAnswer;

export function jsonAnswer(json: string | object, status = 200): WholeAnswer {
  return textAnswer(typeof json === 'string' ? json : JSON.stringify(json), 'application/json', status);
}

export function textAnswer(body: string, contentType: string, status = 200): WholeAnswer {
  const headers = [...commonHeaders(contentType), 'content-length', String(Buffer.byteLength(body))];
  return { status, headers, body };
}

export function eventStream(stream: StreamAnswer['stream']): StreamAnswer {
  return { status: 200, headers: commonHeaders('text/event-stream'), stream };
}

/** What HEAD is answered: the same without a body. */
export function withoutBody({ status, headers }: AdminAnswer): WholeAnswer {
  return { status, headers, body: '' };
}

function commonHeaders(contentType: string): string[] {
  return ['content-type', contentType, 'cache-control', 'no-store', 'x-content-type-options', 'nosniff'];
}
