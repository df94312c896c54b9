import { httpRequest, messagesBody, type ReplyKind } from '../messages.ts';
import { expectReply } from './expected-reply.ts';

/** A request, ready to be sent. */
export interface AgentRequest {
  readonly bytes: Buffer;
  /** The first byte of its answer counts, not the last. */
  readonly streamed: boolean;
  /** Throws unless the answer is the mock's. */
  readonly check: (status: number, bodyBytes: number) => void;
}

/** The third is a stream of one second. */
const kinds: readonly ReplyKind[] = ['plain', 'stream', { pacedEvents: 20 }, 'stream'];
const sessions = 9;

/** Requests of 1 KB in several sessions, of each kind in turn. */
export function agentRequests(port: number): AgentRequest[] {
  return Array.from({ length: sessions }, (_, session) => {
    const headers = [`X-Claude-Code-Session-Id: bench-session-${session}`];
    return kinds.map((reply) => ({
      bytes: httpRequest(messagesBody(1024, reply), port, undefined, headers),
      streamed: reply !== 'plain',
      check: expectReply(reply),
    }));
  }).flat();
}
