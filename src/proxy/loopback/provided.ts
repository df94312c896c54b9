import type { LoopbackRequest } from './request.ts';

/** Raw pairs: name, value, name, value, … */
export type RawHeaders = readonly string[];

/** An answer in one piece. */
export interface WholeAnswer {
  readonly kind: 'whole';
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: string | Buffer;
}

/** An answer in events. */
interface StreamedAnswer {
  readonly kind: 'stream';
  readonly headers: RawHeaders;
  /** Each event as it stands on the wire. */
  readonly events: readonly string[];
  /** How many of the last events a client needs to see that the stream is complete. */
  readonly terminalEvents: number;
  /** The error event of this dialect, for a place behind so many events. */
  readonly errorEvent: (behind: number) => string;
}

/** What an endpoint says, before its bytes are paced, spoilt or cut. */
export type Provided = WholeAnswer | StreamedAnswer;

/** One endpoint of the loopback provider. */
export interface LoopbackRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** May catch one part, the id of what is asked for. */
  readonly path: RegExp;
  readonly answer: (request: LoopbackRequest, id: string) => Provided;
}

export function jsonAnswer(value: unknown, status = 200): WholeAnswer {
  return { kind: 'whole', status, headers: ['content-type', 'application/json'], body: JSON.stringify(value) };
}

export const eventStreamHeaders: RawHeaders = [
  'content-type',
  'text/event-stream; charset=utf-8',
  'cache-control',
  'no-cache',
];
