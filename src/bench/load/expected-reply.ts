import type { ReplyKind } from '../messages.ts';
import { wholeReply } from '../replies.ts';
import { createReplyReader } from './reply-reader.ts';

/** Makes a check that throws unless a reply is the one that the mock gives: status 200 and a body of that length. */
export function expectReply(reply: ReplyKind): (status: number, bodyBytes: number) => void {
  let expected = 0;
  createReplyReader({ end: (_, bodyBytes) => void (expected = bodyBytes) })(wholeReply(reply));
  return (status, bodyBytes) => {
    if (status === 200 && bodyBytes === expected) return;
    throw new Error(`a reply with status ${status} and ${bodyBytes} bytes; expected 200 and ${expected} bytes`);
  };
}
