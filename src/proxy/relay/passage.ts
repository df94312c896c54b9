import type { Clock } from '../clock.ts';
import type { Received } from '../exchange.ts';
import type { ProxyError } from '../errors.ts';
import type { Outcome } from '../record.ts';
import type { Reply } from '../reply.ts';
import type { Sink } from '../sink.ts';

/** One reply on its way to the client. */
export interface Passage {
  readonly exchange: Received;
  readonly reply: Reply;
  readonly sink: Sink;
  readonly clock: Clock;
  /** Ends the exchange: completes its record, and runs `release`, which lets the last bytes go, once the record is kept. Only the first call counts. */
  readonly finish: (outcome: Outcome, error: ProxyError | null, release: () => void) => void;
  /** Answers with an error of ours instead; possible until the head has left. */
  readonly refuse: (error: ProxyError) => void;
}

/** What the owner of an exchange can still do to a reply that is under way. */
export interface Relaying {
  /** Ends it with an error, at once: in the stream where the head has left. */
  readonly breakOff: (error: ProxyError) => void;
}

/** How an exchange ends whose reply arrived whole. */
export function outcomeOfReply(reply: Reply): Outcome {
  return reply.status >= 400 ? 'upstream_error' : 'ok';
}

/** Sets the head, with what we add to it. It leaves with the first bytes that follow. */
export function sendHead(passage: Passage, extra: readonly string[] = [], omit: string | null = null): void {
  const { exchange, reply, sink, clock } = passage;
  const { record } = exchange;
  record.status = reply.status;
  record.marks.replied = clock.now();
  const headers = omit === null ? reply.headers.slice() : without(reply.headers, omit);
  headers.push('x-tokenpak-request-id', exchange.id);
  if (record.provider !== null) headers.push('x-tokenpak-provider', record.provider);
  if (record.warning !== null) headers.push('x-tokenpak-warn', record.warning);
  headers.push('server-timing', `tokenpak;dur=${overheadSoFarMs(record.marks).toFixed(3)}`, ...extra);
  sink.head(reply.status, headers);
}

function overheadSoFarMs(marks: Received['record']['marks']): number {
  return Math.max(0, marks.sent - marks.bodyRead) + Math.max(0, marks.replied - marks.providerReady);
}

function without(headers: readonly string[], name: string): string[] {
  return headers.filter((_, index) => (headers[index - (index % 2)] as string).toLowerCase() !== name);
}
