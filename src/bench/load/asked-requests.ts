import { httpRequest, messagesBody, type ReplyKind } from '../messages.ts';
import { expectReply } from './expected-reply.ts';

/** A request, ready to be sent. */
export interface AskedRequest {
  readonly bytes: Buffer;
  /** The first byte of its answer counts, not the last. */
  readonly streamed: boolean;
  /** Throws unless the answer is the mock's. */
  readonly check: (status: number, bodyBytes: number) => void;
}

const kinds: readonly ReplyKind[] = ['plain', 'stream', { pacedEvents: 20 }, 'stream'];
const sessions = 9;

/** 1 KB each way. */
export function plainRequest(port: number): AskedRequest {
  return ask('plain', port, []);
}

/** Whole answers and streams, at once or over a second, in several sessions. */
export function mixedRequests(port: number): AskedRequest[] {
  return Array.from({ length: sessions }, (_, session) =>
    kinds.map((kind) => ask(kind, port, [`X-Claude-Code-Session-Id: bench-session-${session}`])),
  ).flat();
}

function ask(reply: ReplyKind, port: number, headers: readonly string[]): AskedRequest {
  const bytes = httpRequest(messagesBody(1024, reply), port, undefined, headers);
  return { bytes, streamed: reply !== 'plain', check: expectReply(reply) };
}
